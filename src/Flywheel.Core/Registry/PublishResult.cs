namespace Flywheel;

/// <summary>What became of a publication.</summary>
public sealed record PublishResult
{
    /// <summary>The alias it was about.</summary>
    public required string Alias { get; init; }

    /// <summary>The model.</summary>
    public required Model Model { get; init; }

    /// <summary>True if the alias points to the model now.</summary>
    public bool Published { get; init; }

    /// <summary>Its version, or null when it was not published.</summary>
    public int? Version { get; init; }

    /// <summary>The version the alias pointed to before, or null.</summary>
    public int? Replaced { get; init; }

    /// <summary>What the gate found.</summary>
    public required GateReport Gate { get; init; }

    /// <summary>The model's figures on the judged images, or null when nothing was judged.</summary>
    public Evaluation? Evaluation { get; init; }

    /// <summary>True if it was published against the gate.</summary>
    public bool Forced { get; init; }

    /// <summary>Why, in the publisher's words.</summary>
    public string? Reason { get; init; }

    /// <summary>The outcome in a sentence.</summary>
    public required string Summary { get; init; }
}

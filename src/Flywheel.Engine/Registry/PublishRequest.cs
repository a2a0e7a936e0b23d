namespace Flywheel.Engine.Registry;

/// <summary>A wish to publish a model.</summary>
public sealed record PublishRequest
{
    /// <summary>Name, id, version or alias of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The alias to move.</summary>
    public string Alias { get; init; } = RegistryService.Production;

    /// <summary>Demands; none publishes without a gate.</summary>
    public IReadOnlyList<string> Gate { get; init; } = [];

    /// <summary>Where each demand stands in a file, or empty when they were typed.</summary>
    public IReadOnlyList<SourceLocation> Origins { get; init; } = [];

    /// <summary>Dataset to judge on; the model's own when null.</summary>
    public string? Dataset { get; init; }

    /// <summary>Split to judge on; None for the whole dataset.</summary>
    public DataSplit Split { get; init; } = DataSplit.Test;

    /// <summary>What happens when a demand cannot be told.</summary>
    public CannotTellPolicy CannotTell { get; init; }

    /// <summary>Publish whatever the gate says; needs a <see cref="Reason"/>.</summary>
    public bool Force { get; init; }

    /// <summary>Why, in the publisher's words.</summary>
    public string? Reason { get; init; }

    /// <summary>Who.</summary>
    public string Author { get; init; } = Datasets.DatasetNames.User;

    /// <summary>Seed of the resampling.</summary>
    public long Seed { get; init; } = 1;
}

namespace Flywheel;

/// <summary>One move of an alias, as the registry's history keeps it.</summary>
public sealed record AliasMove
{
    /// <summary>The alias.</summary>
    public required string Alias { get; init; }

    /// <summary>Version it pointed to before; null if it did not exist.</summary>
    public int? From { get; init; }

    /// <summary>Version it points to since; null if it was taken away.</summary>
    public int? To { get; init; }

    /// <summary>Model of <see cref="To"/>; empty if it was taken away.</summary>
    public string ModelId { get; init; } = "";

    /// <summary>What moved it.</summary>
    public AliasMoveKind Kind { get; init; }

    /// <summary>Who.</summary>
    public required string Author { get; init; }

    /// <summary>Why, in the author's words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>True if a gate said no and was overridden.</summary>
    public bool Forced { get; init; }

    /// <summary>The gate's result as JSON, or null if none was asked.</summary>
    public string? Gate { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset Time { get; init; }
}

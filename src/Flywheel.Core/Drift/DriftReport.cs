namespace Flywheel;

/// <summary>Whether a window of production differs from its reference, in what, and how sure that is.</summary>
public sealed record DriftReport
{
    /// <summary>Name of the model that scored both.</summary>
    public required string Model { get; init; }

    /// <summary>Id of the model.</summary>
    public required string ModelId { get; init; }

    /// <summary>Drift, no drift, or cannot tell.</summary>
    public DriftVerdict Verdict { get; init; }

    /// <summary>The verdict in a sentence or two.</summary>
    public required string Summary { get; init; }

    /// <summary>Chance of a difference as telling as the most telling one if nothing changed.</summary>
    public double P { get; init; }

    /// <summary>The smallest p that so few groups could ever reach.</summary>
    public double SmallestP { get; init; }

    /// <summary>How often it may alarm though nothing changed.</summary>
    public required FalseAlarmBudget Budget { get; init; }

    /// <summary>What it was compared with: <c>mrl test</c>, <c>production 2027-01-01 .. 2027-01-08</c>.</summary>
    public required string Reference { get; init; }

    /// <summary>Images of the reference.</summary>
    public int ReferenceN { get; init; }

    /// <summary>Independent groups of the reference.</summary>
    public int ReferenceGroups { get; init; }

    /// <summary>Time of the window's oldest prediction, UTC.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>Time of the window's newest prediction, UTC.</summary>
    public DateTimeOffset To { get; init; }

    /// <summary>Images of the window.</summary>
    public int WindowN { get; init; }

    /// <summary>Independent groups of the window.</summary>
    public int WindowGroups { get; init; }

    /// <summary>What was resampled, in words.</summary>
    public required string Resampling { get; init; }

    /// <summary>Every comparison, the most telling first.</summary>
    public IReadOnlyList<DriftTest> Tests { get; init; } = [];

    /// <summary>What was left out and why, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The window's images that give the difference away, most telling first; only under drift.</summary>
    public IReadOnlyList<TellingImage> Telling { get; init; } = [];

    /// <summary>When this was measured, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Summary;
}

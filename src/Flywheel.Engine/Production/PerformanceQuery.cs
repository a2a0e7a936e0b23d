namespace Flywheel.Engine.Production;

/// <summary>Whose accuracy to estimate, when, and how closely.</summary>
public sealed record PerformanceQuery
{
    /// <summary>Only predictions of images of this dataset.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only predictions made at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only predictions made before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Labelled dataset to compare with; the model's own test or validation images when null.</summary>
    public string? Reference { get; init; }

    /// <summary>Tag whose equal values belong together in production (photo, camera), or null.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Half-width the suggested audit should reach, above 0 and at most 0.5.</summary>
    public double HalfWidth { get; init; } = 0.02;

    /// <summary>Confidence of the intervals, 0.5..0.999.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Seed of samples and resamples.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>True: the estimate is stored, so that its trend can be seen later.</summary>
    public bool Store { get; init; } = true;
}

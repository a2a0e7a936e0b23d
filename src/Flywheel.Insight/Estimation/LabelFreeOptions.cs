namespace Flywheel.Insight.Estimation;

/// <summary>How accuracy is estimated without labels.</summary>
public sealed record LabelFreeOptions
{
    /// <summary>Bootstrap resamples, 50..100,000.</summary>
    public int Resamples { get; init; } = 200;

    /// <summary>Seed of the resampling.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The normal quantile of the confidence: 1.96 for 95 %.</summary>
    public double Z { get; init; } = Metrics.Intervals.Z95;

    /// <summary>An interval wider than ± this says too little to be called knowledge; 0..0.5.</summary>
    public double LargestHalfWidth { get; init; } = 0.1;
}

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

    /// <summary>How well window and reference can be told apart by their embeddings (<see cref="DomainGap"/>); NaN if that was not measured.</summary>
    public double DomainAuc { get; init; } = double.NaN;

    /// <summary>
    /// Above this the window shows something else than the reference does, and confidence need not mean there what it means here: models
    /// that are steadily and confidently wrong on what they never saw (glasses, another light) look just like good ones. 0.5..1.
    /// </summary>
    public double LargestDomainAuc { get; init; } = 0.8;

    /// <summary>An interval wider than ± this says too little to be called knowledge; 0..0.5.</summary>
    public double LargestHalfWidth { get; init; } = 0.1;
}

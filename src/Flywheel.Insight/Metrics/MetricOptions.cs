namespace Flywheel.Insight.Metrics;

/// <summary>How intervals are made.</summary>
public sealed record MetricOptions
{
    /// <summary>Bootstrap resamples, 100..100,000.</summary>
    public int Resamples { get; init; } = 2000;

    /// <summary>Seed of the resampling.</summary>
    public long Seed { get; init; } = 1;

    internal void Validate()
    {
        if (Resamples is < 100 or > 100_000)
            throw new FlywheelException("InvalidResamples", FaultCategory.InvalidArgument, $"{Resamples} bootstrap resamples are not allowed.", Resamples, "Give 100 to 100,000; 2,000 is the default.");
    }
}

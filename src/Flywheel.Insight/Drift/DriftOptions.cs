namespace Flywheel.Insight.Drift;

/// <summary>How drift is tested.</summary>
public sealed record DriftOptions
{
    /// <summary>Chance of a false alarm of all tests together; see <see cref="FalseAlarmBudget.PerLook"/>.</summary>
    public double Alpha { get; init; } = 1.0 / 720;

    /// <summary>Seed of the resampling and of the features.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>At most this many telling images.</summary>
    public int Telling { get; init; } = 12;

    /// <summary>Threads; 0 for one per core. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Rearrangements drawn: ten beyond the threshold on average, at least a thousand.</summary>
    internal int Rearrangements => (int)Math.Clamp(Math.Ceiling(10 / Alpha), 1000, 20_000);
}

namespace Flywheel.Engine.Evaluations;

/// <summary>How the intervals of an evaluation are made.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Bootstrap resamples, 100..100,000.</summary>
    public int Resamples { get; init; } = 2000;

    /// <summary>Seed of the resampling.</summary>
    public long Seed { get; init; } = 1;
}

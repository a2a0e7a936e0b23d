namespace Flywheel.Engine.Quality;

/// <summary>Whose agreement to measure.</summary>
public sealed record AgreementRequest
{
    /// <summary>Dataset whose annotators are compared.</summary>
    public required string Dataset { get; init; }

    /// <summary>Resamples of the interval, 100..100,000.</summary>
    public int Resamples { get; init; } = 2000;

    /// <summary>Seed of the resamples.</summary>
    public long Seed { get; init; } = 1;
}

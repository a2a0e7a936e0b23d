namespace Flywheel.Insight.Suspicion;

/// <summary>How likely one prediction is wrong, as far as can be told without the truth.</summary>
/// <param name="Score">0..1.</param>
/// <param name="Reason">The strongest signs, in words.</param>
public readonly record struct SuspicionScore(double Score, string Reason);

namespace Flywheel;

/// <summary>What an earlier decision promised a retraining would gain, and what it gained.</summary>
/// <param name="DecisionId">The decision.</param>
/// <param name="Expected">Expected gain in accuracy, as a share with interval.</param>
/// <param name="Measured">Measured gain, likewise.</param>
public sealed record PastGain(string DecisionId, Metric Expected, Metric Measured);

namespace Flywheel;

/// <summary>How a decision turned out.</summary>
/// <param name="Kind">Which measurement tells.</param>
/// <param name="ModelId">The model that came after, or the same one when it was left as it is.</param>
/// <param name="Gain">Measured gain in accuracy after a retraining, or change of accuracy while waiting; a share with interval.</param>
/// <param name="Benefit">The measured gain in money over the decision's horizon, training paid; NaN while waiting.</param>
/// <param name="AsExpected">Whether the measured and the expected figure agree within their joint 95 % uncertainty.</param>
/// <param name="Text">In a sentence.</param>
public sealed record RetrainingOutcome(string Kind, string ModelId, Metric Gain, double Benefit, bool AsExpected, string Text);

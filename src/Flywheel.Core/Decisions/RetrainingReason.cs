namespace Flywheel;

/// <summary>One reason behind a decision.</summary>
/// <param name="Name">labels, accuracy, trend, slices, drift, cooldown, …</param>
/// <param name="Weight">What it moves: money over the horizon in favour of retraining (positive) or against (negative); NaN for a rule.</param>
/// <param name="Text">The reason in a sentence.</param>
public sealed record RetrainingReason(string Name, double Weight, string Text);

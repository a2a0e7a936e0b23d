namespace Flywheel;

/// <summary>One way to go on, and what it is expected to cost.</summary>
/// <param name="Verdict">Which way.</param>
/// <param name="Cost">Expected cost over the horizon: errors, labels and trainings together. Infinite if a rule forbids it.</param>
/// <param name="Labels">Labels to have made first.</param>
/// <param name="After">When the training comes; null for not within the horizon.</param>
public sealed record RetrainingOption(RetrainingVerdict Verdict, double Cost, int Labels, TimeSpan? After);

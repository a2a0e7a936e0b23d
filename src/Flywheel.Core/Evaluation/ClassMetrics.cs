namespace Flywheel;

/// <summary>One label's figures.</summary>
/// <param name="Label">The label.</param>
/// <param name="Support">Images whose truth it is.</param>
/// <param name="Precision">Of the images predicted so, the share that is so.</param>
/// <param name="Recall">Of the images that are so, the share predicted so.</param>
/// <param name="F1">Harmonic mean of the two.</param>
public sealed record ClassMetrics(string Label, int Support, Metric Precision, Metric Recall, Metric F1);

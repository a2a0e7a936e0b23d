namespace Flywheel;

/// <summary>One measured model: how many labels it learned from and how accurate it was.</summary>
/// <param name="Labels">Labels it learned from.</param>
/// <param name="Accuracy">Its accuracy with interval.</param>
/// <param name="ModelId">Which model.</param>
public sealed record LearningPoint(int Labels, Metric Accuracy, string ModelId = "");

namespace Flywheel.Insight.Comparison;

/// <summary>Two classifiers on the same images.</summary>
/// <param name="First">Accuracy of the first.</param>
/// <param name="Second">Accuracy of the second.</param>
/// <param name="Difference">Second minus first accuracy.</param>
/// <param name="Gained">Images only the second gets right.</param>
/// <param name="Lost">Images only the first gets right.</param>
/// <param name="Groups">Independent groups, or null.</param>
/// <param name="McNemarP">Two-sided exact p.</param>
/// <param name="Verdict">What follows.</param>
public sealed record PairedResult(Metric First, Metric Second, Metric Difference, int Gained, int Lost, int? Groups, double McNemarP, ComparisonVerdict Verdict);

namespace Flywheel.Insight.Metrics;

/// <summary>Everything measured of a classifier on one labelled set.</summary>
/// <param name="N">Images.</param>
/// <param name="Groups">Independent groups, or null if images count as independent.</param>
/// <param name="Accuracy">Share of right answers.</param>
/// <param name="BalancedAccuracy">Mean recall over the labels that occur.</param>
/// <param name="Auroc">Area under the ROC curve.</param>
/// <param name="CalibrationError">ECE, 15 equal-width bins.</param>
/// <param name="LogLoss">Nats.</param>
/// <param name="Classes">By label.</param>
/// <param name="Confusion">Rows = truth, columns = prediction.</param>
public sealed record ClassificationReport(
    int N,
    int? Groups,
    Metric Accuracy,
    Metric BalancedAccuracy,
    Metric Auroc,
    Metric CalibrationError,
    Metric LogLoss,
    IReadOnlyList<ClassMetrics> Classes,
    IReadOnlyList<IReadOnlyList<int>> Confusion);

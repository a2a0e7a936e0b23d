namespace Flywheel;

/// <summary>How good a model is on a labelled set of images.</summary>
public sealed record Evaluation
{
    /// <summary>Id of the model.</summary>
    public required string ModelId { get; init; }

    /// <summary>Name of the model.</summary>
    public required string ModelName { get; init; }

    /// <summary>Dataset judged on.</summary>
    public required string Dataset { get; init; }

    /// <summary>Content id of the dataset's version.</summary>
    public required string DatasetVersion { get; init; }

    /// <summary>Split judged on; None means the whole dataset.</summary>
    public DataSplit Split { get; init; }

    /// <summary>Images judged.</summary>
    public int N { get; init; }

    /// <summary>Independent groups among them (subjects, source photos), or null if images count as independent.</summary>
    public int? Groups { get; init; }

    /// <summary>Share of right answers.</summary>
    public required Metric Accuracy { get; init; }

    /// <summary>Mean of the per-class recalls.</summary>
    public required Metric BalancedAccuracy { get; init; }

    /// <summary>Area under the ROC curve; one class against the rest, averaged over classes when there are more than two.</summary>
    public required Metric Auroc { get; init; }

    /// <summary>Expected calibration error, 15 equal-width bins of confidence (Naeini et al., AAAI 2015).</summary>
    public required Metric CalibrationError { get; init; }

    /// <summary>Mean negative log-likelihood, nats.</summary>
    public required Metric LogLoss { get; init; }

    /// <summary>Precision, recall and F1 of every label.</summary>
    public required IReadOnlyList<ClassMetrics> Classes { get; init; }

    /// <summary>Counts, rows = truth, columns = prediction, both in <see cref="Labels"/> order.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <summary>Label order of <see cref="Confusion"/>.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Images left out because they have no label, one given by a machine or one the model does not know, or cannot be read.</summary>
    public int Excluded { get; init; }

    /// <summary>Every metric in one list, for tables and gates.</summary>
    public IReadOnlyList<Metric> Metrics =>
        [Accuracy, BalancedAccuracy, Auroc, CalibrationError, LogLoss, .. Classes.SelectMany(c => new[] { c.Precision, c.Recall, c.F1 })];
}

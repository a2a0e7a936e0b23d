namespace Flywheel.Insight.Comparison;

/// <summary>A figure of a classifier on labelled images.</summary>
public enum ModelFigure
{
    /// <summary>Share of right answers.</summary>
    Accuracy,
    /// <summary>Mean recall over the labels that occur.</summary>
    BalancedAccuracy,
    /// <summary>Area under the ROC curve.</summary>
    Auroc,
    /// <summary>Expected calibration error, 15 bins.</summary>
    CalibrationError,
    /// <summary>Mean negative log-likelihood, nats.</summary>
    LogLoss,
    /// <summary>Of the images predicted as a label, the share that is so.</summary>
    Precision,
    /// <summary>Of the images of a label, the share predicted so.</summary>
    Recall,
    /// <summary>Harmonic mean of the two.</summary>
    F1,
}

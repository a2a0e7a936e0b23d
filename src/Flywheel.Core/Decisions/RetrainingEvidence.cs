namespace Flywheel;

/// <summary>All that is known when the question is asked whether to retrain.</summary>
public sealed record RetrainingEvidence
{
    /// <summary>Accuracy on production now, estimated or audited; null if it was not measured or cannot be known.</summary>
    public Metric? Accuracy { get; init; }

    /// <summary>Labels drawn at random behind <see cref="Accuracy"/>; 0 if it rests on the model's own scores alone.</summary>
    public int Audited { get; init; }

    /// <summary>True if the interval of <see cref="Accuracy"/> also covers what its method errs by; label-free estimates usually leave that out.</summary>
    public bool Calibrated { get; init; }

    /// <summary>Accuracy when the model was published, on data it had not learned from; null if unknown.</summary>
    public Metric? PublishedAccuracy { get; init; }

    /// <summary>Change of accuracy per day, with interval; null if there are too few measurements.</summary>
    public Metric? Trend { get; init; }

    /// <summary>Labels the model learned from.</summary>
    public int TrainingLabels { get; init; }

    /// <summary>Labels made by people since the model's training.</summary>
    public int NewLabels { get; init; }

    /// <summary>Unlabelled production images that could be labelled.</summary>
    public int LabelsAvailable { get; init; }

    /// <summary>Labels that come in by themselves, per day.</summary>
    public double LabelsPerDay { get; init; }

    /// <summary>Models of the same line: labels against accuracy.</summary>
    public IReadOnlyList<LearningPoint> Curve { get; init; } = [];

    /// <summary>Confirmed slices, largest harm first.</summary>
    public IReadOnlyList<SliceEvidence> Slices { get; init; } = [];

    /// <summary>Whether production differs from the training reference; null if not measured.</summary>
    public bool? Drift { get; init; }

    /// <summary>How clearly it differs, 0..1: 2·AUC − 1 of a classifier that tells production from the reference.</summary>
    public double DriftStrength { get; init; }

    /// <summary>Time since the model was trained.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Time since the last training or publication in the model's line; the cooldown counts from there.</summary>
    public TimeSpan SinceTraining { get; init; }

    /// <summary>Production images per day.</summary>
    public double VolumePerDay { get; init; }

    /// <summary>How earlier decisions turned out.</summary>
    public IReadOnlyList<PastGain> PastGains { get; init; } = [];

    /// <summary>What is not known, and the cmdlet that finds it out.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];
}

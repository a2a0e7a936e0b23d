namespace Flywheel.Engine.Training;

/// <summary>What to train, on what, from what.</summary>
public sealed record TrainingRequest
{
    /// <summary>
    /// Datasets to learn from. The first is the source: its labelled Train images teach, its Validation images judge and calibrate. Of the
    /// others, all labelled images outside Validation and Test teach too.
    /// </summary>
    public required IReadOnlyList<string> Datasets { get; init; }

    /// <summary>Named configuration; ignored fields of it are those the parent model of <see cref="From"/> fixes (network and input).</summary>
    public TrainingPreset Preset { get; init; } = TrainingPreset.Balanced;

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; }

    /// <summary>Epochs of the main stage (train, adapt or continue) instead of the preset's, 1..1000.</summary>
    public int? Epochs { get; init; }

    /// <summary>Name or id of a model to continue from.</summary>
    public string? From { get; init; }

    /// <summary>
    /// Dataset of production images to adapt to by self-training. Its images outside Validation and Test are used; labels they may have are
    /// used only as <see cref="Targets"/> says.
    /// </summary>
    public string? Unlabeled { get; init; }

    /// <summary>
    /// Datasets of labelled production images, learned from at their own rate beside the source. Null: the labelled images of
    /// <see cref="Unlabeled"/>, if any. Empty: none, even if <see cref="Unlabeled"/> has labels.
    /// </summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>
    /// Labels of production images by image id, instead of <see cref="Targets"/> and whatever the catalogue says of them: for trainings whose
    /// labels shall not be in the catalogue, such as the controls of an experiment. Null: as <see cref="Targets"/> says.
    /// </summary>
    public IReadOnlyDictionary<string, string>? TargetLabels { get; init; }

    /// <summary>
    /// Ids of labelled production images that were drawn at random, from which the class prior and an unbiased accuracy can be estimated.
    /// At least twenty are needed for it to be used.
    /// </summary>
    public IReadOnlyCollection<string> RandomSample { get; init; } = [];

    /// <summary>How far images are varied.</summary>
    public TrainingAugmentation Augmentation { get; init; } = TrainingAugmentation.Robust;

    /// <summary>At most so many training images of each label of the source, drawn with the seed; null for all.</summary>
    public int? PerLabel { get; init; }

    /// <summary>Threads, or 0 for the number of processors up to 4. The same seed gives the same bytes only with the same number.</summary>
    public int Threads { get; init; }

    /// <summary>Name of the model; made from dataset and preset when null.</summary>
    public string? Name { get; init; }

    /// <summary>Path of an ONNX feature network to put a linear head on instead of training a network; absolute.</summary>
    public string? Backbone { get; init; }

    /// <summary>Longest time of training; when it is over, the best so far is kept as after an interruption.</summary>
    public TimeSpan? MaxTime { get; init; }
}

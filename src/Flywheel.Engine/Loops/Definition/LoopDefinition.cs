namespace Flywheel.Engine.Loops.Definition;

/// <summary>A loop as its file defines it, checked and with absolute paths.</summary>
sealed record LoopDefinition
{
    public required string File { get; init; }
    public required string Name { get; init; }

    /// <summary>The labels allowed; empty means whatever the data bring.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Absolute folder, or null for the nearest workspace, else the file's own folder.</summary>
    public string? Workspace { get; init; }

    public int Seed { get; init; } = 1;
    public required IReadOnlyList<DataSource> Data { get; init; }
    public required TrainOptions Train { get; init; }

    /// <summary>Dataset the model meets without labels, or null.</summary>
    public string? Production { get; init; }

    public AdaptOptions? Adapt { get; init; }
    public MineOptions? Mine { get; init; }
    public LabelOptions? Label { get; init; }
    public RetrainOptions Retrain { get; init; } = new();

    /// <summary>How models get into production; null if the loop publishes nothing.</summary>
    public PublishOptions? Publish { get; init; }

    /// <summary>How production is watched, or null.</summary>
    public WatchOptions? Watch { get; init; }

    public IReadOnlyList<string> Controls { get; init; } = [];
    public required ProveOptions Prove { get; init; }

    /// <summary>Absolute folder of the report.</summary>
    public required string Report { get; init; }

    /// <summary>True if labels of a source are withheld at import, because production meets its images without them.</summary>
    public bool IsBlind(DataSource source) => source.Unlabeled || (Production is not null && SourceOf(Production) == source) || (Label?.Start is not null && source.Name == Train.Dataset);

    /// <summary>True if people, or a source in their place, label chosen production images.</summary>
    public bool LabelsProduction => Label is not null && Mine is not null && Production is not null;

    /// <summary>The source a dataset comes from: its own, or the one divided into it.</summary>
    public DataSource SourceOf(string dataset) => Data.First(s => s.Name == dataset || s.Divide?.Parts.Any(p => p.Name == dataset) == true);
}

/// <summary>One entry of <c>data:</c>.</summary>
sealed record DataSource
{
    public required string Name { get; init; }

    /// <summary>Absolute folder or CSV manifest; null for drawn samples.</summary>
    public string? Path { get; init; }

    /// <summary>Which sample set to draw (lab, field, field-test), or null.</summary>
    public string? Sample { get; init; }

    /// <summary>True for a dataset that an endpoint, the prediction cmdlets or an imported log fill: there is nothing to import.</summary>
    public bool Recorded { get; init; }

    /// <summary>Images to draw.</summary>
    public int SampleImages { get; init; }

    public string? NamePattern { get; init; }

    public IReadOnlyDictionary<string, string> LabelMap { get; init; } = new Dictionary<string, string>();
    /// <summary>At most so many images of each label; of all, when labels are not taken.</summary>
    public int? Limit { get; init; }
    public bool Unlabeled { get; init; }

    /// <summary>Tag whose equal values belong together: never in two splits or parts, and the independent units of every interval.</summary>
    public string? GroupBy { get; init; }

    public SplitOptions? Split { get; init; }
    public DivideOptions? Divide { get; init; }
}

/// <summary>Fractions of a split.</summary>
sealed record SplitOptions(bool Stratify, double Train, double Validation, double Test);

/// <summary>How one source becomes several datasets that share no group.</summary>
sealed record DivideOptions(IReadOnlyList<DividePart> Parts);

/// <summary>One part; a null number of images means the rest.</summary>
sealed record DividePart(string Name, int? Images);

/// <summary>The first training.</summary>
sealed record TrainOptions
{
    public required string Dataset { get; init; }
    public TrainingPreset Preset { get; init; } = TrainingPreset.Balanced;

    /// <summary>One of <see cref="Augmentations"/>.</summary>
    public string Augmentation { get; init; } = "robust";

    /// <summary>How far a training may vary its images.</summary>
    public static string[] Augmentations { get; } = ["robust", "flip", "none"];

    public int? Epochs { get; init; }
    public int? Threads { get; init; }

    /// <summary>At most so many training images of each label, drawn at random with the loop's seed.</summary>
    public int? PerLabel { get; init; }
}

/// <summary>Self-training on the production set; a null augmentation is that of the first training.</summary>
sealed record AdaptOptions(int? Epochs, string? Augmentation = null);

/// <summary>What to look at and how much to have labelled.</summary>
sealed record MineOptions(int Failures, int Budget, SelectionStrategy Strategy, SliceOptions? Slices = null);

/// <summary>How slices are looked for: conditions joined at most, the false discovery rate confirmed ones may have, and what production is contrasted with.</summary>
sealed record SliceOptions(int Conditions, double MaxQ, string? Against);

/// <summary>Where labels come from: exactly one of the three is given.</summary>
/// <param name="Replay">Name of the data source whose truth is replayed for just the selected images.</param>
/// <param name="Folder">Folder people label in, absolute.</param>
/// <param name="Studio">Name of the studio's queue people label in.</param>
/// <param name="Start">How many images of the training data people label before anything is learned; null if they come with labels.</param>
sealed record LabelOptions(string? Replay, string? Folder, string? Studio = null, StartLabels? Start = null);

/// <summary>The labels a loop begins with.</summary>
/// <param name="Images">Images drawn at random for people.</param>
/// <param name="Most">As many as people are asked for while automatic labelling needs more.</param>
/// <param name="Auto">How the rest is labelled automatically; null to learn from people's labels alone.</param>
sealed record StartLabels(int Images, int Most, AutoLabels? Auto);

/// <summary>The promise automatic labels keep: a precision, and the confidence with which it holds.</summary>
sealed record AutoLabels(double Precision, double Confidence);

/// <summary>The training after labelling, and whether it is asked first if it pays; a null augmentation is that of the first training.</summary>
sealed record RetrainOptions(int? Epochs = null, RetrainWhen? When = null, string? Augmentation = null);

/// <summary>What the retraining decision weighs; a null volume is counted.</summary>
sealed record RetrainWhen(RetrainingCosts Costs, RetrainingRules Rules, double? VolumePerDay);

/// <summary>Into production behind a gate.</summary>
/// <param name="Alias">The alias that moves.</param>
/// <param name="Gate">Expressions every one of which must hold.</param>
/// <param name="CannotTell">What it means when an interval straddles a bound.</param>
/// <param name="On">What the gate is judged on.</param>
sealed record PublishOptions(string Alias, IReadOnlyList<string> Gate, CannotTellPolicy CannotTell, ProveTarget On);

/// <summary>Watching production.</summary>
/// <param name="Since">How far the window reaches back; null for everything.</param>
/// <param name="Drift">Null to leave drift out.</param>
/// <param name="HalfWidth">Half width wanted of the accuracy estimate; null to leave it out.</param>
sealed record WatchOptions(TimeSpan? Since, DriftOptions? Drift, double? HalfWidth);

/// <summary>How drift is measured.</summary>
/// <param name="Budget">How often it may alarm though nothing changed.</param>
/// <param name="GroupBy">Tag whose equal values belong together, or null.</param>
sealed record DriftOptions(FalseAlarmBudget Budget, string? GroupBy);

/// <summary>One dataset to judge on; split None means the whole.</summary>
sealed record ProveTarget(string Dataset, DataSplit Split)
{
    public override string ToString() => Split == DataSplit.None ? Dataset : Dataset + "." + Split.ToString().ToLowerInvariant();
}

/// <summary>The judgement.</summary>
sealed record ProveOptions(IReadOnlyList<ProveTarget> On, bool RequireBetter);

using Flywheel.Engine.Loops.Stages;

namespace Flywheel.Engine.Reports;

/// <summary>Everything the page of one turn shows. Plain values: the renderer reads nothing but the picture files.</summary>
sealed record ReportData
{
    public required string Name { get; init; }
    public required string RunId { get; init; }
    public required string Definition { get; init; }
    public required string DefinitionText { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required long Seed { get; init; }

    /// <summary>What models were judged on, in the order of <see cref="LoopArm.Evaluations"/>.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    public required IReadOnlyList<LoopArm> Arms { get; init; }
    public Evaluation? Before { get; init; }
    public Evaluation? After { get; init; }
    public ModelComparison? Comparison { get; init; }

    /// <summary>What <c>prove.require</c> asked and whether it was met; null if nothing was asked.</summary>
    public (string Text, bool Met)? Requirement { get; init; }

    /// <summary>What became of the last publication of the turn; null if the loop publishes nothing.</summary>
    public PublishOutput? Publication { get; init; }

    /// <summary>Drift and accuracy in production; null if it is not watched.</summary>
    public WatchOutput? Watch { get; init; }

    /// <summary>The confirmed slices, the one that costs most first; null if none were sought.</summary>
    public IReadOnlyList<MinedSlice>? Slices { get; init; }

    /// <summary>File of each picture of the slices, by image id.</summary>
    public IReadOnlyDictionary<string, string> SliceImages { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether retraining paid; null if the question was not asked.</summary>
    public RetrainingDecision? Decision { get; init; }

    public AdaptationReport? Adaptation { get; init; }

    /// <summary>The models with the part each plays, in the order they were trained.</summary>
    public required IReadOnlyList<(string Role, Model Model)> Models { get; init; }

    public required IReadOnlyList<(string Use, Dataset Dataset)> Datasets { get; init; }
    public required IReadOnlyList<ReportGallery> Galleries { get; init; }
    public required IReadOnlyList<StageResult> Stages { get; init; }

    /// <summary>Versions of what computed this, by name.</summary>
    public required IReadOnlyList<(string Name, string Value)> Environment { get; init; }
}

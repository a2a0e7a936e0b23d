namespace Flywheel;

/// <summary>What the labelling assistant has learned from the labels given so far.</summary>
public sealed record AssistantState
{
    /// <summary>The dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Labels of people it learned from.</summary>
    public required int Labels { get; init; }

    /// <summary>Images without a label.</summary>
    public required int Unlabelled { get; init; }

    /// <summary>What it looks at: the pictures' edges, a model or a backbone.</summary>
    public required string Features { get; init; }

    /// <summary>Accuracy on labels it had not seen (leave-one-out); undefined before there are labels of two kinds.</summary>
    public required Metric Accuracy { get; init; }

    /// <summary>The same with fewer labels, fewest first: whether it still grows.</summary>
    public IReadOnlyList<LearningPoint> Curve { get; init; } = [];

    /// <summary>A proposal for each image without a label, in the order in which people should look at them. Empty before there are labels of two kinds.</summary>
    public IReadOnlyList<AssistantProposal> Proposals { get; init; } = [];

    /// <summary>Ids of the images without a label in that order.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    /// <summary>How they are ordered: Typical first, or by Margin with diversity.</summary>
    public required SelectionStrategy Strategy { get; init; }

    /// <summary>Why, with what was measured.</summary>
    public required string StrategyReason { get; init; }

    /// <summary>The precision automatic labelling shall have.</summary>
    public required double Precision { get; init; }

    /// <summary>At which confidence.</summary>
    public required double Confidence { get; init; }

    /// <summary>Labels more until this head could open automatic labelling: 0 if it could now, null if more labels will not pay or nothing is known yet.</summary>
    public int? LabelsUntilAutomatic { get; init; }

    /// <summary>The same in words.</summary>
    public required string Outlook { get; init; }

    /// <summary>Time learning took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Root folder of its workspace.</summary>
    public string Workspace { get; init; } = "";
}

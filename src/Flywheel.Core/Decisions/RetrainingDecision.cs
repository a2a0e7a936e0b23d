namespace Flywheel;

/// <summary>Whether to retrain now, why, and what would change the answer.</summary>
public sealed record RetrainingDecision
{
    /// <summary>Unique id, sortable by time (UUID version 7).</summary>
    public string Id { get; init; } = "";

    /// <summary>The model it is about.</summary>
    public string ModelId { get; init; } = "";

    /// <summary>Its name.</summary>
    public string ModelName { get; init; } = "";

    /// <summary>When, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>What to do.</summary>
    public required RetrainingVerdict Verdict { get; init; }

    /// <summary>The decision in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Money a retraining now is expected to save over the horizon against keeping the model, training paid; with interval.</summary>
    public required Metric Benefit { get; init; }

    /// <summary>Accuracy a retraining now is expected to gain, as a share with interval.</summary>
    public required Metric Gain { get; init; }

    /// <summary>Money over the horizon by which retraining now beats the best plan that does not; negative if waiting is better.</summary>
    public double Advantage { get; init; }

    /// <summary>Labels to have made first; 0 unless the verdict is LabelFirst.</summary>
    public int Labels { get; init; }

    /// <summary>What knowing the accuracy better is worth, in money over the horizon, before the price of the labels.</summary>
    public double AuditValue { get; init; }

    /// <summary>The ways to go on with their expected costs, cheapest first.</summary>
    public required IReadOnlyList<RetrainingOption> Options { get; init; }

    /// <summary>Reasons: rules that bind first, then by weight.</summary>
    public IReadOnlyList<RetrainingReason> Reasons { get; init; } = [];

    /// <summary>What would change the verdict, nearest first.</summary>
    public IReadOnlyList<RetrainingFlip> Flips { get; init; } = [];

    /// <summary>The costs it was made with.</summary>
    public required RetrainingCosts Costs { get; init; }

    /// <summary>The rules it was made under.</summary>
    public required RetrainingRules Rules { get; init; }

    /// <summary>What was known.</summary>
    public required RetrainingEvidence Evidence { get; init; }

    /// <summary>Seed of the draws behind the intervals.</summary>
    public long Seed { get; init; }

    /// <summary>How it turned out, once something was measured; null until then.</summary>
    public RetrainingOutcome? Outcome { get; init; }

    /// <summary>Root folder of its workspace.</summary>
    public string Workspace { get; init; } = "";
}

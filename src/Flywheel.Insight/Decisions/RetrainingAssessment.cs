namespace Flywheel.Insight.Decisions;

/// <summary>The verdict with its figures, before reasons and flips.</summary>
public sealed record RetrainingAssessment
{
    /// <summary>What to do.</summary>
    public required RetrainingVerdict Verdict { get; init; }

    /// <summary>Money over the horizon a retraining now saves against keeping the model, training paid.</summary>
    public required Metric Benefit { get; init; }

    /// <summary>Accuracy it gains.</summary>
    public required Metric Gain { get; init; }

    /// <summary>Money over the horizon by which retraining now, rules aside, beats the best plan that does not.</summary>
    public required double Advantage { get; init; }

    /// <summary>Accuracy now, all evidence taken together.</summary>
    public required Metric Accuracy { get; init; }

    /// <summary>Labels to have made first if LabelFirst is the verdict, or what that way would take.</summary>
    public required int Labels { get; init; }

    /// <summary>What knowing the accuracy better is worth over the horizon, before the price of the labels.</summary>
    public required double AuditValue { get; init; }

    /// <summary>The ways to go on, cheapest first.</summary>
    public required IReadOnlyList<RetrainingOption> Options { get; init; }
}

using Flywheel.Engine.Studio.Review;

namespace Flywheel.Engine.Studio.Dashboard;

/// <summary>A workspace at a glance: every figure is one the catalogue, the registry or a run holds.</summary>
public sealed record DashboardData
{
    /// <summary>When it was read, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Images in the catalogue, those left out of their datasets included.</summary>
    public int Images { get; init; }

    /// <summary>Images left out of their datasets.</summary>
    public int Excluded { get; init; }

    /// <summary>The datasets.</summary>
    public required IReadOnlyList<Flywheel.Dataset> Datasets { get; init; }

    /// <summary>Measurements of models, oldest first.</summary>
    public required IReadOnlyList<AccuracyPoint> Accuracy { get; init; }

    /// <summary>Labels by source, a row for each day on which something changed, oldest first.</summary>
    public required IReadOnlyList<LabelDay> Labels { get; init; }

    /// <summary>Slices, open ones first, the costliest first.</summary>
    public required IReadOnlyList<SliceState> Slices { get; init; }

    /// <summary>When slices were last searched, UTC; null if never.</summary>
    public DateTimeOffset? SlicesSearched { get; init; }

    /// <summary>The newest drift measurement, or null.</summary>
    public DriftReport? Drift { get; init; }

    /// <summary>The newest retraining decision, or null.</summary>
    public RetrainingDecision? Decision { get; init; }

    /// <summary>Queues, newest first.</summary>
    public required IReadOnlyList<LabelQueue> Queues { get; init; }

    /// <summary>Suggestions by reason.</summary>
    public required IReadOnlyList<ReasonStatistics> Suggestions { get; init; }

    /// <summary>Reviewers, by name.</summary>
    public required IReadOnlyList<ReviewerStatistics> Reviewers { get; init; }

    /// <summary>Newest loop runs first, ten at most.</summary>
    public required IReadOnlyList<LoopRun> Runs { get; init; }

    /// <summary>What could not be read, a sentence each.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}

namespace Flywheel;

/// <summary>One run of a loop as its journal tells it.</summary>
public sealed record LoopRun
{
    /// <summary>The run, also the name of its folder.</summary>
    public required string Id { get; init; }

    /// <summary>The loop's name.</summary>
    public required string Name { get; init; }

    /// <summary>How it ended, or <see cref="LoopStatus.Running"/>.</summary>
    public LoopStatus Status { get; init; }

    /// <summary>The outcome in a sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>The loop's file.</summary>
    public string Definition { get; init; } = "";

    /// <summary>The stages that have begun or were skipped, in order.</summary>
    public required IReadOnlyList<StageResult> Stages { get; init; }

    /// <summary>When it started, UTC.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>When it ended, UTC; null if the journal has no end.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Wall time up to the end or the last event.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The report's page, or null.</summary>
    public string? ReportPath { get; init; }

    /// <summary>The run's folder with <c>events.jsonl</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Root folder of the workspace.</summary>
    public required string Workspace { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Id}: {Status}";
}

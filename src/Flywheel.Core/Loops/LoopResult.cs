namespace Flywheel;

/// <summary>What one run of a loop did.</summary>
public sealed record LoopResult
{
    /// <summary>The run, also the name of its folder under <c>.flywheel/runs</c>.</summary>
    public required string RunId { get; init; }

    /// <summary>The loop's name.</summary>
    public required string Name { get; init; }

    /// <summary>The loop's file.</summary>
    public required string Definition { get; init; }

    /// <summary>Root folder of the workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>How it ended.</summary>
    public LoopStatus Status { get; init; }

    /// <summary>For a pipeline step: 0 done, 1 error, 2 a gate failed, 3 waiting for people, 4 another run holds the workspace.</summary>
    public int ExitCode => CodeOf(Status);

    /// <summary>The outcome in a sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>The stages, in order.</summary>
    public required IReadOnlyList<StageResult> Stages { get; init; }

    /// <summary>The rows of the proof, in order.</summary>
    public IReadOnlyList<LoopArm> Arms { get; init; } = [];

    /// <summary>The start model on the first entry of <c>prove.on</c>.</summary>
    public Evaluation? Before { get; init; }

    /// <summary>The last model there.</summary>
    public Evaluation? After { get; init; }

    /// <summary>The two, paired.</summary>
    public ModelComparison? Comparison { get; init; }

    /// <summary>The report's page, or null if none was written.</summary>
    public string? ReportPath { get; init; }

    /// <summary>When it started, UTC.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Wall time.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The exit code of a status.</summary>
    public static int CodeOf(LoopStatus status) => status switch
    {
        LoopStatus.Done => 0,
        LoopStatus.GateFailed => 2,
        LoopStatus.WaitingForPeople => 3,
        _ => 1,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {RunId}: {Status}";
}

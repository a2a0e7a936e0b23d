namespace Flywheel;

/// <summary>What the detectors say of a data set.</summary>
public sealed record DatasetReport
{
    /// <summary>The dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Its version then, content hash.</summary>
    public required string DatasetVersion { get; init; }

    /// <summary>Model whose embeddings were used, or null when the pictures themselves were compared.</summary>
    public string? ModelId { get; init; }

    /// <summary>Images looked at.</summary>
    public int Images { get; init; }

    /// <summary>The gravest of what the detectors say.</summary>
    public DetectorStatus Status => Detectors.Count == 0 ? DetectorStatus.Pass : Detectors.Max(d => d.Status) is var worst && worst == DetectorStatus.NotRun ? DetectorStatus.Pass : worst;

    /// <summary>All in a sentence.</summary>
    public string Summary { get; init; } = "";

    /// <summary>One result per detector, in the order they were asked for.</summary>
    public IReadOnlyList<DetectorResult> Detectors { get; init; } = [];

    /// <summary>From which findings on the check counts as failed.</summary>
    public DatasetFailure FailOn { get; init; }

    /// <summary>Whether the check failed by <see cref="FailOn"/>.</summary>
    public bool Failed => FailOn switch
    {
        DatasetFailure.None => false,
        DatasetFailure.Warning => Status is DetectorStatus.Warning or DetectorStatus.Fail,
        _ => Status == DetectorStatus.Fail,
    };

    /// <summary>Exit code of a step that runs the check: 0 passed, 2 failed.</summary>
    public int ExitCode => Failed ? 2 : 0;

    /// <summary>What else to know, such as files that could not be read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Suggestions made of the findings that were not there before; null if none were asked for.</summary>
    public int? Suggested { get; init; }

    /// <summary>The HTML page written, or null.</summary>
    public string? ReportPath { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>All flagged images of all detectors.</summary>
    public IReadOnlyList<DatasetFinding> Findings => [.. Detectors.SelectMany(d => d.Findings)];

    /// <inheritdoc/>
    public override string ToString() => $"{Dataset}@{DatasetVersion[..Math.Min(12, DatasetVersion.Length)]}: {Summary}";
}

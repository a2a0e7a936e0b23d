namespace Flywheel;

/// <summary>What one detector found in a data set.</summary>
public sealed record DetectorResult
{
    /// <summary>The detector's name.</summary>
    public required string Name { get; init; }

    /// <summary>What its findings mean.</summary>
    public DetectorSeverity Severity { get; init; }

    /// <summary>What came of it.</summary>
    public DetectorStatus Status { get; init; }

    /// <summary>Images flagged.</summary>
    public int Flagged { get; init; }

    /// <summary>Images it looked at.</summary>
    public int N { get; init; }

    /// <summary>Share of the images flagged, with Wilson's 95 % interval and n.</summary>
    public Metric? Share { get; init; }

    /// <summary>The finding in a sentence.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Probability of the finding by chance, for detectors that test the data set as a whole; null for the others.</summary>
    public double? P { get; init; }

    /// <summary>The flagged images, the plainest first.</summary>
    public IReadOnlyList<DatasetFinding> Findings { get; init; } = [];

    /// <summary>The ten plainest.</summary>
    public IReadOnlyList<DatasetFinding> Worst => [.. Findings.Take(10)];

    /// <summary>How long it took, without what it shares with other detectors.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Contact sheet of the flagged images, or null.</summary>
    public string? ContactSheetPath { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Summary}";
}

namespace Flywheel;

/// <summary>Two models on the same images, paired.</summary>
public sealed record ModelComparison
{
    /// <summary>The reference ("before").</summary>
    public required string Reference { get; init; }

    /// <summary>The model judged against it ("after").</summary>
    public required string Challenger { get; init; }

    /// <summary>Dataset judged on.</summary>
    public required string Dataset { get; init; }

    /// <summary>Split judged on; None means the whole dataset.</summary>
    public DataSplit Split { get; init; }

    /// <summary>Images.</summary>
    public int N { get; init; }

    /// <summary>Independent groups, or null.</summary>
    public int? Groups { get; init; }

    /// <summary>Accuracy of the reference.</summary>
    public required Metric ReferenceAccuracy { get; init; }

    /// <summary>Accuracy of the challenger.</summary>
    public required Metric ChallengerAccuracy { get; init; }

    /// <summary>Challenger minus reference accuracy with its paired bootstrap interval (by group when grouped).</summary>
    public required Metric Difference { get; init; }

    /// <summary>Images only the challenger gets right.</summary>
    public int Gained { get; init; }

    /// <summary>Images only the reference gets right.</summary>
    public int Lost { get; init; }

    /// <summary>Two-sided exact McNemar p on the discordant pairs.</summary>
    public double McNemarP { get; init; }

    /// <summary>
    /// Better or Worse only if the difference's interval excludes zero and, when images are independent, McNemar's p is at most 0.05.
    /// </summary>
    public ComparisonVerdict Verdict { get; init; }

    /// <summary>The verdict in a sentence.</summary>
    public required string Summary { get; init; }
}

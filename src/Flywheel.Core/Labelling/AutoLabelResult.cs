namespace Flywheel;

/// <summary>One run of automatic labelling: which answers were taken as labels, and what is proven of them.</summary>
public sealed record AutoLabelResult
{
    /// <summary>Unique id, sortable by time.</summary>
    public required string Id { get; init; }

    /// <summary>The dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The precision asked for.</summary>
    public required double Precision { get; init; }

    /// <summary>The confidence asked for.</summary>
    public required double Confidence { get; init; }

    /// <summary>What answered: the network in words, what it started from, or the backbone.</summary>
    public required string Learner { get; init; }

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; }

    /// <summary>Labels of people that certified: of images drawn at random.</summary>
    public required int Labels { get; init; }

    /// <summary>Cross-validated accuracy on these.</summary>
    public required Metric Accuracy { get; init; }

    /// <summary>Images without a label of people: those the promise is about.</summary>
    public required int Images { get; init; }

    /// <summary>How many of them the answers are sure enough of.</summary>
    public required int Accepted { get; init; }

    /// <summary>Accepted of all images without a label of people, 0..1.</summary>
    public double Coverage => Images == 0 ? 0 : (double)Accepted / Images;

    /// <summary>Labels of people among the accepted share.</summary>
    public required int Tested { get; init; }

    /// <summary>How many of these the models that had not seen them had wrong.</summary>
    public required int Errors { get; init; }

    /// <summary>Lower bound of the precision of the accepted answers, at the confidence asked for.</summary>
    public required double Bound { get; init; }

    /// <summary>Wrong labels to be expected among the accepted ones.</summary>
    public required double ExpectedErrors { get; init; }

    /// <summary>Label by label.</summary>
    public required IReadOnlyList<AutoLabelClass> Classes { get; init; }

    /// <summary>Images that got their label in this run; less than accepted if earlier runs labelled some.</summary>
    public int Written { get; init; }

    /// <summary>True if the labels were written; false if it was only asked what would be.</summary>
    public bool Applied { get; init; }

    /// <summary>Ids of the images left for people, in the order in which they teach most. Not kept with earlier runs.</summary>
    public IReadOnlyList<string> Rest { get; init; } = [];

    /// <summary>Queue in which people check <see cref="Picks"/>; null if none was drawn.</summary>
    public string? AuditQueue { get; init; }

    /// <summary>Automatic labels drawn at random for people to check.</summary>
    public IReadOnlyList<AutoLabelPick> Picks { get; init; } = [];

    /// <summary>What people have said of them so far; only of earlier runs.</summary>
    public AutoLabelAudit? Audit { get; init; }

    /// <summary>What the promise does not cover, in words.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Wall time.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Root folder of its workspace.</summary>
    public string Workspace { get; init; } = "";
}

namespace Flywheel.Engine.Studio.Review;

/// <summary>A random sample of suggestions that is looked at before the others of its kind are accepted in bulk.</summary>
public sealed record ReviewAudit
{
    /// <summary>Unique id, sortable by time.</summary>
    public required string Id { get; init; }

    /// <summary>What was asked for.</summary>
    public required AuditRequest Request { get; init; }

    /// <summary>When the sample was drawn, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Suggestions it was drawn from, one for each image and part.</summary>
    public int Population { get; init; }

    /// <summary>The suggestions drawn, in the order to look at them.</summary>
    public required IReadOnlyList<string> Sample { get; init; }

    /// <summary>Of the sample, those decided or past deciding.</summary>
    public int Reviewed { get; init; }

    /// <summary>Of the sample, those accepted as they were.</summary>
    public int Accepted { get; init; }

    /// <summary>Of the sample, those whose annotation somebody changed before they were decided; they count as not accepted.</summary>
    public int Stale { get; init; }

    /// <summary>Accepted / reviewed; its low end is the one-sided exact lower bound.</summary>
    public required Metric Acceptance { get; init; }

    /// <summary>How far it is.</summary>
    public AuditState State { get; init; }

    /// <summary>The finding in a sentence or two.</summary>
    public required string Text { get; init; }

    /// <summary>Suggestions that would be accepted in bulk now.</summary>
    public int Remaining { get; init; }

    /// <summary>Earlier audits of the same reasons and dataset: each further one is another chance to pass by luck.</summary>
    public int Earlier { get; init; }

    /// <summary>Suggestions accepted in bulk on the strength of it and not taken back.</summary>
    public int BulkAccepted { get; init; }

    /// <summary>When they were, UTC, or null.</summary>
    public DateTimeOffset? BulkTime { get; init; }
}

namespace Flywheel.Engine.Studio.Review;

/// <summary>How far the suggestions of one reason are, and how often reviewers agree with them.</summary>
public sealed record ReasonStatistics
{
    /// <summary>Why they were made.</summary>
    public required string Reason { get; init; }

    /// <summary>Those nobody has decided.</summary>
    public int Open { get; init; }

    /// <summary>Those about something that has changed meanwhile.</summary>
    public int Stale { get; init; }

    /// <summary>Those accepted one by one.</summary>
    public int Accepted { get; init; }

    /// <summary>Those rejected.</summary>
    public int Rejected { get; init; }

    /// <summary>Those changed to something else.</summary>
    public int Edited { get; init; }

    /// <summary>Those accepted in bulk; nobody looked at them, so they do not count in <see cref="Acceptance"/>.</summary>
    public int Bulk { get; init; }

    /// <summary>Share accepted as it was, of those looked at one by one, with Wilson's interval; NaN if there are none.</summary>
    public required Metric Acceptance { get; init; }
}

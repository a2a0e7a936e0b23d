namespace Flywheel;

/// <summary>A report on a prediction by whoever used it. A claim, not the truth: it never changes an image's label by itself.</summary>
public sealed record Feedback
{
    /// <summary>Unique id, sortable by time (UUID version 7).</summary>
    public required string Id { get; init; }

    /// <summary>The prediction it is about.</summary>
    public required string PredictionId { get; init; }

    /// <summary>The image of that prediction.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>Right or wrong.</summary>
    public required FeedbackVerdict Verdict { get; init; }

    /// <summary>The correct label, if the reporter knows it.</summary>
    public string? Label { get; init; }

    /// <summary>Why, in the reporter's words.</summary>
    public string? Reason { get; init; }

    /// <summary>Who reports.</summary>
    public required string Reporter { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset Time { get; init; }
}

namespace Flywheel.Formats.Logs;

/// <summary>A report in a log.</summary>
public sealed record LoggedFeedback
{
    /// <summary>The line it starts at.</summary>
    public required int Line { get; init; }

    /// <summary>Id of the prediction it is about; null if <see cref="Image"/> tells.</summary>
    public string? PredictionId { get; init; }

    /// <summary>The image it is about, where no prediction is named.</summary>
    public LoggedImage Image { get; init; }

    /// <summary>Name or id of the model whose prediction of the image is meant, or null.</summary>
    public string? Model { get; init; }

    /// <summary>Right or wrong; null if only <see cref="Label"/> is told, which decides it.</summary>
    public FeedbackVerdict? Verdict { get; init; }

    /// <summary>The correct label, or null.</summary>
    public string? Label { get; init; }

    /// <summary>Why, in the reporter's words, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>Who, or null.</summary>
    public string? Reporter { get; init; }

    /// <summary>When, or null.</summary>
    public DateTimeOffset? Time { get; init; }
}

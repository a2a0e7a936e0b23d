namespace Flywheel.Formats.Logs;

/// <summary>A prediction in a log.</summary>
public sealed record LoggedPrediction
{
    /// <summary>The line it starts at.</summary>
    public required int Line { get; init; }

    /// <summary>The image.</summary>
    public required LoggedImage Image { get; init; }

    /// <summary>The predicted label.</summary>
    public required string Label { get; init; }

    /// <summary>Probability by label as logged, that of <see cref="Label"/> among them; they add up to one at most (within two per cent).</summary>
    public required IReadOnlyDictionary<string, double> Scores { get; init; }

    /// <summary>When, or null.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The log's own id of it, or null.</summary>
    public string? Id { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The report that stands beside it, or null.</summary>
    public LoggedFeedback? Feedback { get; init; }
}

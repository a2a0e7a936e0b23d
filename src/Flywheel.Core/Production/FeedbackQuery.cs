namespace Flywheel;

/// <summary>Which reports to list.</summary>
public sealed record FeedbackQuery
{
    /// <summary>Only on predictions of this model.</summary>
    public string? ModelId { get; init; }

    /// <summary>Only on this prediction.</summary>
    public string? PredictionId { get; init; }

    /// <summary>Only those made at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }
}

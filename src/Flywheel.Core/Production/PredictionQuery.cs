namespace Flywheel;

/// <summary>Which predictions to list.</summary>
public sealed record PredictionQuery
{
    /// <summary>Only of this model.</summary>
    public string? ModelId { get; init; }

    /// <summary>Only of images of this dataset.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only those made at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only those made before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only those with one of these ids.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }

    /// <summary>Only those that predict one of these labels.</summary>
    public IReadOnlyCollection<string>? Labels { get; init; }

    /// <summary>Only those made in one of these ways; null: all but shadow predictions.</summary>
    public IReadOnlyCollection<PredictionSource>? Sources { get; init; }

    /// <summary>Confidence of at least this, 0..1.</summary>
    public double? MinConfidence { get; init; }

    /// <summary>Confidence of at most this, 0..1.</summary>
    public double? MaxConfidence { get; init; }

    /// <summary>Only those whose own tags, or else their image's, have these values; <c>*</c> and <c>?</c> are wildcards.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Only those of images whose properties meet these conditions.</summary>
    public IReadOnlyList<PropertyCondition> Properties { get; init; } = [];

    /// <summary>Only right ones, only wrong ones (by <see cref="Prediction.Correct"/>), or both where null.</summary>
    public bool? Correct { get; init; }

    /// <summary>Only those with, or without, a report.</summary>
    public bool? HasFeedback { get; init; }

    /// <summary>Only those with a report whose reason contains this text, in any case.</summary>
    public string? Reason { get; init; }

    /// <summary>The newest first; else the oldest.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>At most this many, or null for all.</summary>
    public int? First { get; init; }

    /// <summary>Only the newest prediction of each image, among those of the model and sources asked for.</summary>
    public bool LatestPerImage { get; init; } = true;
}

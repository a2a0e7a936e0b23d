namespace Flywheel;

/// <summary>Which suggestions to list. Conditions are joined by "and"; empty conditions match everything.</summary>
public sealed record SuggestionQuery
{
    /// <summary>Only these suggestions.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }

    /// <summary>Only about these images.</summary>
    public IReadOnlyCollection<string>? ImageIds { get; init; }

    /// <summary>Only about images of this dataset.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only with one of these reasons.</summary>
    public IReadOnlyCollection<string>? Reasons { get; init; }

    /// <summary>Only with one of these states.</summary>
    public IReadOnlyCollection<SuggestionStatus>? Status { get; init; }

    /// <summary>Only with at least this score.</summary>
    public double? MinScore { get; init; }

    /// <summary>Only those that come after this one, an id; the order is best score first, then the oldest.</summary>
    public string? After { get; init; }

    /// <summary>Only those made at or before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>At most this many, best score first; null for all.</summary>
    public int? First { get; init; }
}

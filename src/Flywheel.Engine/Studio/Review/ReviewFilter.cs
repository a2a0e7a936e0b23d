namespace Flywheel.Engine.Studio.Review;

/// <summary>Which suggestions a reviewer looks at.</summary>
public sealed record ReviewFilter
{
    /// <summary>Only with one of these reasons; null for any.</summary>
    public IReadOnlyCollection<string>? Reasons { get; init; }

    /// <summary>Only in one of these states; open ones unless said otherwise.</summary>
    public IReadOnlyCollection<SuggestionStatus> Status { get; init; } = [SuggestionStatus.Open];

    /// <summary>Only about images of this dataset.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only with at least this score.</summary>
    public double? MinScore { get; init; }

    /// <summary>Only these suggestions; the other conditions hold besides.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }

    /// <summary>Only those after this one, an id.</summary>
    public string? After { get; init; }

    /// <summary>At most this many.</summary>
    public int Size { get; init; } = 100;

    /// <summary>What the catalogue is asked.</summary>
    internal SuggestionQuery ToQuery() => new() { Reasons = Reasons, Status = Status, Dataset = Dataset, MinScore = MinScore, Ids = Ids, After = After, First = Size };
}

namespace Flywheel;

/// <summary>A reviewer's verdict on a suggestion.</summary>
/// <param name="SuggestionId">The suggestion.</param>
/// <param name="Status">Accepted, Rejected or Edited.</param>
/// <param name="Author">Who says so.</param>
public sealed record SuggestionVerdict(string SuggestionId, SuggestionStatus Status, string Author)
{
    /// <summary>For Edited: the label it gets instead; null withdraws it.</summary>
    public string? Label { get; init; }

    /// <summary>For Edited: the boxes it gets instead; null withdraws them.</summary>
    public IReadOnlyList<LabelBox>? Boxes { get; init; }
}

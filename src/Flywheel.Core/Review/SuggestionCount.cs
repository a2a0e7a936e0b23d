namespace Flywheel;

/// <summary>How many suggestions of one reason are in one state.</summary>
/// <param name="Reason">Why they were made.</param>
/// <param name="Status">What became of them.</param>
/// <param name="Count">How many.</param>
public sealed record SuggestionCount(string Reason, SuggestionStatus Status, int Count);

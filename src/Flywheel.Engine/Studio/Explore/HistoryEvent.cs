namespace Flywheel.Engine.Studio.Explore;

/// <summary>One thing that happened to an image.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Kind">label, boxes, exclusion, undo, prediction, report, suggestion or verdict.</param>
/// <param name="Text">What, in a sentence.</param>
/// <param name="Who">Who or which model, or null.</param>
/// <param name="Detail">From what, why; null if nothing is known.</param>
/// <param name="Sequence">The ledger entry, or null.</param>
public sealed record HistoryEvent(DateTimeOffset Time, string Kind, string Text, string? Who, string? Detail = null, long? Sequence = null);

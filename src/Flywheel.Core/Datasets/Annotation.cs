namespace Flywheel;

/// <summary>One entry of the append-only annotation ledger. Undo is a new entry.</summary>
/// <param name="Sequence">Position in the ledger, from 1.</param>
/// <param name="ImageId">The image.</param>
/// <param name="OldLabel">What was believed before, or null.</param>
/// <param name="NewLabel">What is believed from now on, or null if the label was withdrawn.</param>
/// <param name="Provenance">Kind of source.</param>
/// <param name="Author">Who: user name, team, or model id.</param>
/// <param name="Source">From what: file, tool, selection, comment.</param>
/// <param name="Time">When, UTC.</param>
public sealed record Annotation(long Sequence, string ImageId, string? OldLabel, string? NewLabel, AnnotationProvenance Provenance, string Author, string? Source, DateTimeOffset Time);

namespace Flywheel.Formats.Sources;

/// <summary>Everything a source offers.</summary>
/// <param name="Root">The folder it lies in, absolute.</param>
/// <param name="Candidates">The files, sorted by relative path (ordinal), so that the order never depends on the file system.</param>
/// <param name="Faults">Files or manifest rows that were left out; each was reported as a fault.</param>
public sealed record SourceListing(string Root, IReadOnlyList<SourceCandidate> Candidates, int Faults);

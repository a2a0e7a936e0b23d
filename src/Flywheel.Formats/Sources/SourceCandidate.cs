namespace Flywheel.Formats.Sources;

/// <summary>A file that may be imported, with what its place and name say about it.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Relative">Path below the source's folder, with forward slashes.</param>
/// <param name="Bytes">Size.</param>
/// <param name="ModifiedTicks">Last write time, UTC ticks.</param>
/// <param name="Label">Label, or null.</param>
/// <param name="Tags">Tags.</param>
public sealed record SourceCandidate(string Path, string Relative, long Bytes, long ModifiedTicks, string? Label, IReadOnlyDictionary<string, string> Tags);

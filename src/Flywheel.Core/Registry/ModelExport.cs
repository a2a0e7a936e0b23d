namespace Flywheel;

/// <summary>A model written as one zip.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">Name of the model.</param>
/// <param name="ModelId">Id of the model.</param>
/// <param name="Version">Its version, or null if it was never published.</param>
/// <param name="Files">Files inside.</param>
/// <param name="Bytes">Size of the zip.</param>
/// <param name="Sha256">SHA-256 of the zip; the same model gives the same.</param>
public sealed record ModelExport(string Path, string Name, string ModelId, int? Version, int Files, long Bytes, string Sha256);

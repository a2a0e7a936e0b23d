namespace Flywheel;

/// <summary>What an export wrote.</summary>
/// <param name="Path">The folder, absolute.</param>
/// <param name="Manifest">The CSV that lists every file, absolute.</param>
/// <param name="Images">Images written.</param>
/// <param name="Failed">Images whose file is gone or changed; each was reported as a fault.</param>
/// <param name="Bytes">Bytes of images written.</param>
public sealed record ExportResult(string Path, string Manifest, int Images, int Failed, long Bytes);

namespace Flywheel.Imaging;

/// <summary>What an import learns of a file in one reading.</summary>
/// <param name="Id">SHA-256 of the bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Format">png, jpeg, webp, bmp, gif.</param>
/// <param name="Bytes">File size.</param>
/// <param name="ModifiedTicks">Last write time, UTC ticks.</param>
/// <param name="Measurement">What was measured of the pixels.</param>
public readonly record struct ImageInspection(string Id, string Format, long Bytes, long ModifiedTicks, ImageMeasurement Measurement);

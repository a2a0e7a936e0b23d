namespace Flywheel;

/// <summary>A source file the catalogue has already measured: an unchanged file need not be read again.</summary>
/// <param name="ImageId">The image found in it.</param>
/// <param name="Bytes">Its size then.</param>
/// <param name="ModifiedTicks">Its last write time then, UTC ticks.</param>
public readonly record struct KnownFile(string ImageId, long Bytes, long ModifiedTicks);

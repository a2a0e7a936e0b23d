namespace Flywheel.Imaging;

/// <summary>Limits and hints of a decode.</summary>
public sealed record DecodeOptions
{
    /// <summary>50 million pixels, 256 MiB, no scaling.</summary>
    public static DecodeOptions Default { get; } = new();

    /// <summary>Most pixels (width × height, as the header states) a picture may have; compared before anything is decoded.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>Largest file, in bytes.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>
    /// When above 0, a JPEG may come back smaller than it is, in eighths of its size, with its shorter side still at least this many pixels.
    /// Much faster for large photographs that are resized afterwards anyway. Never use it for measuring.
    /// </summary>
    public int MinSide { get; init; }
}

using System.Buffers;

namespace Flywheel.Imaging;

/// <summary>
/// A decoded picture: 8-bit luma (1 channel) or interleaved RGB (3 channels), rows top to bottom without padding, upright.
/// Disposing hands the pixel buffer back for reuse; forgetting to costs only memory traffic.
/// </summary>
public sealed class PixelImage : IDisposable
{
    byte[]? _pixels;
    readonly bool _pooled;

    /// <summary>Wraps pixels; the array is used, not copied.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 (luma) or 3 (RGB).</param>
    /// <param name="pixels">At least width × height × channels bytes.</param>
    public PixelImage(int width, int height, int channels, byte[] pixels) : this(width, height, channels, pixels, false) { }

    PixelImage(int width, int height, int channels, byte[] pixels, bool pooled)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3)) throw new ArgumentOutOfRangeException(nameof(channels), channels, "Channels are 1 (luma) or 3 (RGB).");
        if (pixels.Length < (long)width * height * channels)
            throw new ArgumentException($"{pixels.Length} bytes are fewer than {width}×{height}×{channels}.", nameof(pixels));
        Width = width;
        Height = height;
        Channels = channels;
        _pixels = pixels;
        _pooled = pooled;
    }

    internal static PixelImage Rent(int width, int height, int channels) =>
        new(width, height, channels, ArrayPool<byte>.Shared.Rent(checked(width * height * channels)), true);

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1 (luma) or 3 (RGB interleaved).</summary>
    public int Channels { get; }

    /// <summary>True when the picture has no colour: it then has one channel.</summary>
    public bool IsGrey => Channels == 1;

    /// <summary>Encoded format found by looking at the bytes: png, jpeg, webp, bmp, gif; empty for pictures that were not decoded from a file.</summary>
    public string Format { get; internal set; } = "";

    /// <summary>Bytes of the pixels: <see cref="Width"/> × <see cref="Height"/> × <see cref="Channels"/>.</summary>
    public int Length => Width * Height * Channels;

    /// <summary>The buffer; it may be longer than <see cref="Length"/>.</summary>
    /// <exception cref="ObjectDisposedException">The picture was disposed.</exception>
    public byte[] Pixels => _pixels ?? throw new ObjectDisposedException(nameof(PixelImage));

    /// <summary>The pixels, exactly <see cref="Length"/> bytes.</summary>
    public Span<byte> Span => Pixels.AsSpan(0, Length);

    /// <summary>One row of pixels.</summary>
    public Span<byte> Row(int y) => Pixels.AsSpan(y * Width * Channels, Width * Channels);

    /// <summary>Writes the luma plane (BT.601, integer weights 77/150/29 of 256, which leave grey untouched).</summary>
    /// <param name="destination">At least <see cref="Width"/> × <see cref="Height"/> bytes.</param>
    public void CopyLuma(Span<byte> destination)
    {
        if (Channels == 1) Span.CopyTo(destination);
        else PixelMath.RgbToLuma(Span, destination[..(Width * Height)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var pixels = Interlocked.Exchange(ref _pixels, null);
        if (_pooled && pixels is not null) ArrayPool<byte>.Shared.Return(pixels);
    }
}

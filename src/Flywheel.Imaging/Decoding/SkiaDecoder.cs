using System.Buffers;
using SkiaSharp;

namespace Flywheel.Imaging;

/// <summary>Decodes through Skia's codecs, straight into a reused buffer.</summary>
static class SkiaDecoder
{
    public static unsafe PixelImage Decode(ReadOnlySpan<byte> bytes, string path, ImageHeader header, DecodeOptions options)
    {
        fixed (byte* source = bytes)
        {
            // Without a copy: the codec lives only as long as the bytes are pinned.
            using var data = SKData.Create((nint)source, bytes.Length);
            using var codec = SKCodec.Create(data) ?? throw ImageFaults.Corrupt(path, header.Format, "it is damaged at the start, or of a kind that is not supported");
            var size = codec.Info.Size;
            ImageFaults.ThrowIfTooLarge(path, size.Width, size.Height, options.MaxPixels);
            if (header.Format == "jpeg" && options.MinSide > 0) size = ScaledSize(codec, size, options.MinSide);

            var greyFile = header.Format == "jpeg" ? header.ColorType == 1 : header.Format == "png" && header.ColorType == 0 && header.BitDepth <= 8;
            if (greyFile && codec.Info.AlphaType == SKAlphaType.Opaque)
            {
                var grey = PixelImage.Rent(size.Width, size.Height, 1);
                try
                {
                    var result = GetPixels(codec, new SKImageInfo(size.Width, size.Height, SKColorType.Gray8, SKAlphaType.Opaque), grey.Pixels);
                    if (result == SKCodecResult.Success) return Upright(grey, codec.EncodedOrigin, header.Format);
                    if (result != SKCodecResult.InvalidConversion) throw Fault(path, header.Format, result);
                }
                catch
                {
                    grey.Dispose();
                    throw;
                }
                grey.Dispose();
            }

            var hasAlpha = codec.Info.AlphaType != SKAlphaType.Opaque;
            var length = checked(size.Width * size.Height * 4);
            var bgra = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                var info = new SKImageInfo(size.Width, size.Height, SKColorType.Bgra8888, hasAlpha ? SKAlphaType.Unpremul : SKAlphaType.Opaque);
                var result = GetPixels(codec, info, bgra);
                if (result != SKCodecResult.Success) throw Fault(path, header.Format, result);
                var span = bgra.AsSpan(0, length);
                var isGrey = PixelMath.IsGrey(span);
                var image = PixelImage.Rent(size.Width, size.Height, isGrey ? 1 : 3);
                PixelMath.PackBgra(span, image.Span, isGrey, hasAlpha);
                return Upright(image, codec.EncodedOrigin, header.Format);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bgra);
            }
        }
    }

    static unsafe SKCodecResult GetPixels(SKCodec codec, SKImageInfo info, byte[] target)
    {
        fixed (byte* pixels = target)
            return codec.GetPixels(info, (nint)pixels, info.RowBytes, SKCodecOptions.Default);
    }

    /// <summary>The codec scales by eighths: round up, so that the shorter side never falls below the wish.</summary>
    static SKSizeI ScaledSize(SKCodec codec, SKSizeI size, int minSide)
    {
        var wish = (float)minSide / Math.Min(size.Width, size.Height);
        for (var eighths = Math.Max(1, (int)MathF.Ceiling(wish * 8 - 1e-4f)); eighths < 8; eighths++)
        {
            var scaled = codec.GetScaledDimensions(eighths / 8f);
            if (Math.Min(scaled.Width, scaled.Height) >= minSide) return scaled;
        }
        return size;
    }

    static FlywheelException Fault(string path, string format, SKCodecResult result) => ImageFaults.Corrupt(path, format, result switch
    {
        SKCodecResult.IncompleteInput => "it ends before the picture is complete",
        SKCodecResult.ErrorInInput => "its data is damaged",
        SKCodecResult.Unimplemented or SKCodecResult.InvalidConversion => "it is of a kind that is not supported",
        _ => $"the decoder reported {result}",
    });

    static PixelImage Upright(PixelImage image, SKEncodedOrigin origin, string format)
    {
        if (origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default) {
            image.Format = format;
            return image;
        }
        int w = image.Width, h = image.Height, c = image.Channels;
        var swap = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        using var source = image;
        var target = PixelImage.Rent(swap ? h : w, swap ? w : h, c);
        int tw = target.Width, th = target.Height;
        ReadOnlySpan<byte> from = source.Span;
        var to = target.Span;
        for (var y = 0; y < th; y++)
            for (var x = 0; x < tw; x++)
            {
                // The stored pixel that belongs at the upright (x, y); TIFF 6.0, tag 274.
                var (sx, sy) = origin switch
                {
                    SKEncodedOrigin.TopRight => (w - 1 - x, y),
                    SKEncodedOrigin.BottomRight => (w - 1 - x, h - 1 - y),
                    SKEncodedOrigin.BottomLeft => (x, h - 1 - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (y, h - 1 - x),
                    SKEncodedOrigin.RightBottom => (w - 1 - y, h - 1 - x),
                    SKEncodedOrigin.LeftBottom => (w - 1 - y, x),
                    _ => (x, y),
                };
                from.Slice((sy * w + sx) * c, c).CopyTo(to[((y * tw + x) * c)..]);
            }
        target.Format = format;
        return target;
    }
}

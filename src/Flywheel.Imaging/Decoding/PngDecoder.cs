using System.Buffers;
using System.Buffers.Binary;

namespace Flywheel.Imaging;

/// <summary>
/// Decodes the plain kind of PNG (8-bit grey or RGB, not interlaced, no transparency, no orientation), which small crops almost always are,
/// in half the time Skia takes. Says null to everything else and to anything damaged: Skia then decodes it, or finds the fault.
/// </summary>
static class PngDecoder
{
    [ThreadStatic] static Inflater? t_inflater;

    public static PixelImage? TryDecode(ReadOnlySpan<byte> bytes, ImageHeader header)
    {
        if (header is not { BitDepth: 8, ColorType: 0 or 2, Interlaced: false }) return null;
        int width = (int)header.Width, height = (int)header.Height, channels = header.ColorType == 0 ? 1 : 3;
        var stride = width * channels;
        if ((long)(stride + 1) * height > int.MaxValue / 2) return null;

        byte[]? joined = null, raw = null;
        PixelImage? image = null;
        try
        {
            if (!TryCollect(bytes, out var packed, ref joined) || packed.Length < 6) return null;
            // zlib header (RFC 1950): deflate, no preset dictionary.
            if ((packed[0] & 15) != 8 || (packed[1] & 32) != 0 || (packed[0] << 8 | packed[1]) % 31 != 0) return null;
            var length = (stride + 1) * height;
            // Deflate packs at most 1032 to 1: a header that promises more is a lie, and its memory is not spent.
            if (length / 1032 > packed.Length) return null;
            raw = ArrayPool<byte>.Shared.Rent(length);
            var rows = raw.AsSpan(0, length);
            if (!(t_inflater ??= new Inflater()).TryInflate(packed[2..], rows, out var consumed)) return null;
            if (packed.Length - 2 - consumed < 4 || BinaryPrimitives.ReadUInt32BigEndian(packed[(2 + consumed)..]) != Checksums.Adler32(rows)) return null;

            image = PixelImage.Rent(width, height, channels);
            if (!Unfilter(rows, image.Span, stride, channels)) return null;
            var done = channels == 3 ? Collapse(image) : image;
            done.Format = "png";
            image = null;
            return done;
        }
        finally
        {
            image?.Dispose();
            if (joined is not null) ArrayPool<byte>.Shared.Return(joined);
            if (raw is not null) ArrayPool<byte>.Shared.Return(raw);
        }
    }

    /// <summary>Checks the chunks and finds the pixels' data; false on any oddity.</summary>
    static bool TryCollect(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> packed, ref byte[]? joined)
    {
        packed = default;
        int at = 8, joinedLength = 0, parts = 0;
        var ended = false;
        while (bytes.Length - at >= 12)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > bytes.Length - at - 12) return false;
            var n = (int)length;
            var type = bytes.Slice(at + 4, 4);
            var isData = type.SequenceEqual("IDAT"u8);
            if (isData || type.SequenceEqual("IHDR"u8))
            {
                if (BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 8 + n)..]) != Checksums.Crc32(bytes.Slice(at + 4, n + 4))) return false;
            }
            else if (type.SequenceEqual("tRNS"u8) || type.SequenceEqual("eXIf"u8) || type.SequenceEqual("acTL"u8))
            {
                return false;
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                return parts > 0;
            }
            if (isData)
            {
                if (ended) return false;
                var part = bytes.Slice(at + 8, n);
                if (parts++ == 0)
                {
                    packed = part;
                }
                else
                {
                    if (joined is null)
                    {
                        joined = ArrayPool<byte>.Shared.Rent(bytes.Length);
                        packed.CopyTo(joined);
                        joinedLength = packed.Length;
                    }
                    part.CopyTo(joined.AsSpan(joinedLength));
                    joinedLength += n;
                    packed = joined.AsSpan(0, joinedLength);
                }
            }
            else
            {
                ended = parts > 0;
            }
            at += 12 + n;
        }
        return false;
    }

    /// <summary>Undoes the row filters (PNG specification, section 9).</summary>
    static bool Unfilter(ReadOnlySpan<byte> rows, Span<byte> pixels, int stride, int step)
    {
        ReadOnlySpan<byte> above = default;
        for (var y = 0; pixels.Length > 0; y++)
        {
            var filter = rows[0];
            var from = rows.Slice(1, stride);
            var to = pixels[..stride];
            if (y == 0) filter = filter switch { 2 => 0, 4 => 1, _ => filter }; // nothing above: up is none, Paeth is sub
            switch (filter)
            {
                case 0:
                    from.CopyTo(to);
                    break;
                case 1 when step == 1:
                    byte left = 0;
                    for (var x = 0; x < to.Length; x++) to[x] = left += from[x];
                    break;
                case 1:
                    byte r = 0, g = 0, b = 0;
                    for (var x = 0; x + 2 < to.Length; x += 3)
                    {
                        to[x] = r += from[x];
                        to[x + 1] = g += from[x + 1];
                        to[x + 2] = b += from[x + 2];
                    }
                    break;
                case 2:
                    for (var x = 0; x < to.Length; x++) to[x] = (byte)(from[x] + above[x]);
                    break;
                case 3:
                    for (var x = 0; x < to.Length; x++)
                        to[x] = (byte)(from[x] + ((x >= step ? to[x - step] : 0) + (y > 0 ? above[x] : 0)) / 2);
                    break;
                case 4:
                    for (var x = 0; x < to.Length; x++)
                        to[x] = (byte)(from[x] + (x >= step ? Paeth(to[x - step], above[x], above[x - step]) : above[x]));
                    break;
                default:
                    return false;
            }
            above = to;
            rows = rows[(stride + 1)..];
            pixels = pixels[stride..];
        }
        return true;
    }

    static int Paeth(int left, int up, int corner)
    {
        int p = left + up - corner, dl = Math.Abs(p - left), du = Math.Abs(p - up), dc = Math.Abs(p - corner);
        return dl <= du && dl <= dc ? left : du <= dc ? up : corner;
    }

    /// <summary>A colour file without colour becomes one channel, as with every other format.</summary>
    static PixelImage Collapse(PixelImage image)
    {
        ReadOnlySpan<byte> rgb = image.Span;
        for (var i = 0; i + 2 < rgb.Length; i += 3)
            if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2]) return image;
        var grey = PixelImage.Rent(image.Width, image.Height, 1);
        var to = grey.Span;
        for (var i = 0; i < to.Length; i++) to[i] = rgb[i * 3];
        image.Dispose();
        return grey;
    }
}

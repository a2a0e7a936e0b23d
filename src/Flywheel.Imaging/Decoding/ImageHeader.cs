using System.Buffers.Binary;

namespace Flywheel.Imaging;

/// <summary>
/// What a file's first bytes say: format and size. Read by hand so that limits hold before any decoder sees the file.
/// </summary>
readonly record struct ImageHeader(string Format, long Width, long Height)
{
    /// <summary>PNG: bit depth. Else 8.</summary>
    public int BitDepth { get; init; }

    /// <summary>PNG: colour type. JPEG: number of components. Else -1.</summary>
    public int ColorType { get; init; }

    /// <summary>PNG: interlaced.</summary>
    public bool Interlaced { get; init; }

    /// <summary>JPEG: progressive (SOF2, SOF6, SOF10, SOF14).</summary>
    public bool Progressive { get; init; }

    /// <summary>The format by magic number, or null.</summary>
    public static string? Sniff(ReadOnlySpan<byte> b)
    {
        if (b.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return "png";
        if (b.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return "jpeg";
        if (b.Length >= 12 && b.StartsWith("RIFF"u8) && b[8..].StartsWith("WEBP"u8)) return "webp";
        if (b.StartsWith("GIF87a"u8) || b.StartsWith("GIF89a"u8)) return "gif";
        // "BM" alone starts many texts: the header's size must be one that exists.
        if (b.Length >= 18 && b.StartsWith("BM"u8) && BinaryPrimitives.ReadUInt32LittleEndian(b[14..]) is 12 or 16 or 40 or 52 or 56 or 64 or 108 or 124) return "bmp";
        return null;
    }

    /// <summary>Format and size; false when the bytes end before the size is told or the size makes no sense.</summary>
    public static bool TryRead(string format, ReadOnlySpan<byte> b, out ImageHeader header)
    {
        header = default;
        switch (format)
        {
            case "png":
                if (b.Length < 29 || !b[12..].StartsWith("IHDR"u8)) return false;
                header = new("png", BinaryPrimitives.ReadUInt32BigEndian(b[16..]), BinaryPrimitives.ReadUInt32BigEndian(b[20..]))
                { BitDepth = b[24], ColorType = b[25], Interlaced = b[28] != 0 };
                break;
            case "gif":
                if (b.Length < 10) return false;
                header = new("gif", BinaryPrimitives.ReadUInt16LittleEndian(b[6..]), BinaryPrimitives.ReadUInt16LittleEndian(b[8..])) { BitDepth = 8, ColorType = -1 };
                break;
            case "bmp":
                if (b.Length < 26) return false;
                header = BinaryPrimitives.ReadUInt32LittleEndian(b[14..]) == 12
                    ? new("bmp", BinaryPrimitives.ReadUInt16LittleEndian(b[18..]), BinaryPrimitives.ReadUInt16LittleEndian(b[20..]))
                    : new("bmp", Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(b[18..])), Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(b[22..])));
                header = header with { BitDepth = 8, ColorType = -1 };
                break;
            case "webp":
                if (!TryReadWebp(b, out var w, out var h)) return false;
                header = new("webp", w, h) { BitDepth = 8, ColorType = -1 };
                break;
            case "jpeg":
                if (!TryReadJpeg(b, out header)) return false;
                break;
            default:
                return false;
        }
        return header.Width > 0 && header.Height > 0;
    }

    static bool TryReadWebp(ReadOnlySpan<byte> b, out long width, out long height)
    {
        width = height = 0;
        if (b.Length < 30) return false;
        var chunk = b[12..];
        if (chunk.StartsWith("VP8X"u8))
        {
            width = 1 + (b[24] | b[25] << 8 | b[26] << 16);
            height = 1 + (b[27] | b[28] << 8 | b[29] << 16);
            return true;
        }
        if (chunk.StartsWith("VP8L"u8) && b[20] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(b[21..]);
            width = 1 + (bits & 0x3FFF);
            height = 1 + (bits >> 14 & 0x3FFF);
            return true;
        }
        if (chunk.StartsWith("VP8 "u8) && b[23] == 0x9D && b[24] == 0x01 && b[25] == 0x2A)
        {
            width = BinaryPrimitives.ReadUInt16LittleEndian(b[26..]) & 0x3FFF;
            height = BinaryPrimitives.ReadUInt16LittleEndian(b[28..]) & 0x3FFF;
            return true;
        }
        return false;
    }

    static bool TryReadJpeg(ReadOnlySpan<byte> b, out ImageHeader header)
    {
        header = default;
        var at = 2;
        while (at + 4 <= b.Length)
        {
            if (b[at] != 0xFF) { at++; continue; } // stray bytes between segments are tolerated by every decoder
            var marker = b[at + 1];
            if (marker is 0xFF) { at++; continue; }
            if (marker is 0x00 or 0x01 or (>= 0xD0 and <= 0xD8)) { at += 2; continue; }
            if (marker is 0xD9 or 0xDA) return false;
            var length = BinaryPrimitives.ReadUInt16BigEndian(b[(at + 2)..]);
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (at + 10 > b.Length) return false;
                header = new("jpeg", BinaryPrimitives.ReadUInt16BigEndian(b[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(b[(at + 5)..])) { BitDepth = b[at + 4], ColorType = b[at + 9], Progressive = (marker & 3) == 2 };
                return true;
            }
            if (length < 2) return false;
            at += 2 + length;
        }
        return false;
    }

    /// <summary>
    /// True if a JPEG's end-of-image marker stands where one belongs. A progressive file that lacks it is cut off even though
    /// decoders take it: every scan it still has covers the whole picture, only coarser.
    /// </summary>
    public static bool JpegHasEnd(ReadOnlySpan<byte> b)
    {
        var at = 2;
        while (true)
        {
            // Within compressed data 0xFF is followed by 0 or a restart marker; anything else starts a segment.
            var next = b[at..].IndexOf((byte)0xFF);
            if (next < 0 || at + next + 1 >= b.Length) return false;
            at += next + 1;
            var marker = b[at];
            if (marker == 0xD9) return true;
            if (marker is 0xFF or 0x00 or 0x01 or (>= 0xD0 and <= 0xD8)) continue;
            if (at + 3 > b.Length) return false;
            at += 1 + BinaryPrimitives.ReadUInt16BigEndian(b[(at + 1)..]);
            if (at >= b.Length) return false;
        }
    }
}

using System.Buffers.Binary;
using System.IO.Compression;

namespace Flywheel.Tests;

/// <summary>Small valid PNG files made by hand, so that the tests depend on no encoder.</summary>
static class Pictures
{
    /// <summary>An 8-bit grey PNG; different seeds give different pictures.</summary>
    public static byte[] Png(int seed, int width = 24, int height = 24)
    {
        var random = new SeededRandom(seed);
        double a = random.NextDouble(0.05, 0.6), b = random.NextDouble(0.05, 0.6), phase = random.NextDouble(0, 6);
        return Png((x, y) => (byte)Math.Clamp(128 + 90 * Math.Sin(a * x + phase) * Math.Cos(b * y - phase) + random.Next(-8, 9), 0, 255), width, height);
    }

    /// <summary>An 8-bit grey PNG of the given function.</summary>
    public static byte[] Png(Func<int, int, byte> luma, int width = 24, int height = 24)
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        Chunk(file, "IHDR"u8, header);
        using var packed = new MemoryStream();
        using (var z = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                z.WriteByte(0);
                for (var x = 0; x < width; x++) z.WriteByte(luma(x, y));
            }
        }
        Chunk(file, "IDAT"u8, packed.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>A PNG whose header promises more pixels than anybody should decode.</summary>
    public static byte[] Bomb()
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, 60_000);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), 60_000);
        header[8] = 8;
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    static void Chunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        var crc = Crc(type, 0xFFFFFFFF);
        crc = Crc(data, crc) ^ 0xFFFFFFFF;
        BinaryPrimitives.WriteUInt32BigEndian(number, crc);
        file.Write(number);
    }

    static uint Crc(ReadOnlySpan<byte> bytes, uint crc)
    {
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return crc;
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Flywheel.Imaging;

/// <summary>The two checksums of a PNG file.</summary>
static class Checksums
{
    static readonly uint[] s_crc = MakeCrcTables();

    /// <summary>CRC-32 of ISO 3309, eight bytes a step ("slicing by 8", Kounavis and Berry, 2005).</summary>
    public static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var t = s_crc.AsSpan(0, 8 * 256);
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            var lo = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var hi = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[7 * 256 + (int)(lo & 255)] ^ t[6 * 256 + (int)(lo >> 8 & 255)] ^ t[5 * 256 + (int)(lo >> 16 & 255)] ^ t[4 * 256 + (int)(lo >> 24)]
                ^ t[3 * 256 + (int)(hi & 255)] ^ t[2 * 256 + (int)(hi >> 8 & 255)] ^ t[256 + (int)(hi >> 16 & 255)] ^ t[(int)(hi >> 24)];
            bytes = bytes[8..];
        }
        foreach (var b in bytes) crc = t[(int)((crc ^ b) & 255)] ^ crc >> 8;
        return ~crc;
    }

    static uint[] MakeCrcTables()
    {
        var t = new uint[8 * 256];
        for (var n = 0u; n < 256; n++)
        {
            var c = n;
            for (var k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320u ^ c >> 1 : c >> 1;
            t[n] = c;
        }
        for (var n = 0; n < 256; n++)
            for (var k = 1; k < 8; k++)
                t[k * 256 + n] = t[t[(k - 1) * 256 + n] & 255] ^ t[(k - 1) * 256 + n] >> 8;
        return t;
    }

    /// <summary>Adler-32 (RFC 1950).</summary>
    public static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        const uint modulus = 65521;
        uint a = 1, b = 0;
        var high = Vector128.Create((ushort)16, 15, 14, 13, 12, 11, 10, 9);
        var low = Vector128.Create((ushort)8, 7, 6, 5, 4, 3, 2, 1);
        while (bytes.Length > 0)
        {
            // 4,096 bytes between reductions keep every 32-bit lane from overflowing.
            var block = bytes[..Math.Min(bytes.Length, 4096)];
            bytes = bytes[block.Length..];
            var whole = block.Length & ~15;
            Vector128<uint> sum = default, weighted = default, before = default;
            ref var at = ref MemoryMarshal.GetReference(block);
            for (var i = 0; i < whole; i += 16)
            {
                before += sum;
                var (first, second) = Vector128.Widen(Vector128.LoadUnsafe(ref at, (nuint)i));
                var (s0, s1) = Vector128.Widen(first + second);
                sum += s0 + s1;
                var (p0, p1) = Vector128.Widen(first * high);
                var (q0, q1) = Vector128.Widen(second * low);
                weighted += p0 + p1 + q0 + q1;
            }
            b = (uint)((b + (ulong)whole * a + 16UL * Vector128.Sum(before) + Vector128.Sum(weighted)) % modulus);
            a = (a + Vector128.Sum(sum)) % modulus;
            foreach (var v in block[whole..])
            {
                a += v;
                b += a;
            }
            a %= modulus;
            b %= modulus;
        }
        return b << 16 | a;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Flywheel.Engine.Registry;

/// <summary>
/// Writes a zip whose bytes depend on nothing but names and contents: sorted, stored without compression (weights hardly shrink), every time
/// the first one a zip can hold, no mark of the system. Any program reads it.
/// </summary>
static class StoredZip
{
    const ushort Version = 20, Date = 0x21; // 1980-01-01

    static readonly uint[] s_crc = [.. Enumerable.Range(0, 256).Select(n =>
    {
        var c = (uint)n;
        for (var k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320 ^ c >> 1 : c >> 1;
        return c;
    })];

    public static void Write(Stream stream, IEnumerable<(string Name, byte[] Content)> files)
    {
        using var directory = new MemoryStream();
        var count = 0;
        long offset = 0;
        foreach (var (name, content) in files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            var bytes = Encoding.ASCII.GetBytes(name);
            var local = new byte[30];
            BinaryPrimitives.WriteUInt32LittleEndian(local, 0x04034b50);
            Common(local.AsSpan(4), bytes, content);
            stream.Write(local);
            stream.Write(bytes);
            stream.Write(content);

            var central = new byte[46];
            BinaryPrimitives.WriteUInt32LittleEndian(central, 0x02014b50);
            BinaryPrimitives.WriteUInt16LittleEndian(central.AsSpan(4), Version);
            Common(central.AsSpan(6), bytes, content);
            BinaryPrimitives.WriteUInt32LittleEndian(central.AsSpan(42), checked((uint)offset));
            directory.Write(central);
            directory.Write(bytes);
            offset += local.Length + bytes.Length + (long)content.Length;
            count++;
        }
        directory.WriteTo(stream);
        var end = new byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)directory.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), checked((uint)offset));
        stream.Write(end);

        // What both headers share: version needed, flags, method, time, date, checksum, sizes, length of the name, no extra field.
        static void Common(Span<byte> at, byte[] name, byte[] content)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(at, Version);
            BinaryPrimitives.WriteUInt16LittleEndian(at[8..], Date);
            BinaryPrimitives.WriteUInt32LittleEndian(at[10..], Crc(content));
            BinaryPrimitives.WriteUInt32LittleEndian(at[14..], (uint)content.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(at[18..], (uint)content.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(at[22..], (ushort)name.Length);
        }
    }

    static uint Crc(byte[] content)
    {
        var crc = uint.MaxValue;
        foreach (var b in content) crc = s_crc[(crc ^ b) & 0xFF] ^ crc >> 8;
        return ~crc;
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Flywheel.Engine.Production;

/// <summary>
/// The layout of a score file: a header of 48 bytes, then a row of float32 for each image: its id, probabilities, those averaged with the
/// mirrored image (NaN if not asked for), embedding.
/// </summary>
static class ScoreFile
{
    public const int HeaderBytes = 48;
    public const int IdBytes = 32;

    /// <summary>A file that is whole.</summary>
    public const string Extension = ".f32";

    /// <summary>A file that a process adds to.</summary>
    public const string LiveExtension = ".live";

    /// <summary>The number of rows of a file that is added to: as many as stand in it whole.</summary>
    public const int Growing = -1;

    const uint Magic = 0x53_57_4C_46; // "FLWS"
    const int Format = 1;

    public static bool IsScoreFile(string path) => path.EndsWith(Extension, StringComparison.Ordinal) || path.EndsWith(LiveExtension, StringComparison.Ordinal);

    public static int RowBytes(int classes, int dimensions) => IdBytes + (2 * classes + dimensions) * sizeof(float);

    /// <summary>Names sort by age.</summary>
    public static string NewName() => string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow.Ticks:D19}-{Guid.NewGuid().ToString("N")[..8]}");

    public static void WriteHeader(Span<byte> header, string modelId, int classes, int dimensions, int rows)
    {
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], Format);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], classes);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], dimensions);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], rows);
        Encoding.ASCII.GetBytes(Stamp(modelId), header[24..48]);
    }

    /// <summary>False if the file is not of this model.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, string modelId, int classes, out int dimensions, out int rows)
    {
        dimensions = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
        rows = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(header) == Magic && BinaryPrimitives.ReadInt32LittleEndian(header[4..]) == Format
            && BinaryPrimitives.ReadInt32LittleEndian(header[8..]) == classes && Encoding.ASCII.GetString(header[24..48]).TrimEnd('\0') == Stamp(modelId);
    }

    public static void WriteRow(Span<byte> row, ScoredImage scored)
    {
        var classes = scored.Probabilities.Length;
        Convert.FromHexString(scored.Image.Id, row, out _, out _);
        var values = MemoryMarshal.Cast<byte, float>(row[IdBytes..]);
        scored.Probabilities.CopyTo(values);
        if (scored.FlipProbabilities is { } flip) flip.CopyTo(values[classes..]);
        else values.Slice(classes, classes).Fill(float.NaN);
        scored.Embedding.CopyTo(values[(2 * classes)..]);
    }

    static string Stamp(string modelId) => modelId.Length <= 24 ? modelId : modelId[..24];
}

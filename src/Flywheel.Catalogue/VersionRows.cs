using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Flywheel.Catalogue;

/// <summary>
/// The rows of a dataset, sorted by image id, in columns: 32-byte ids, labels as numbers into a list of words, splits as bytes.
/// One million rows take 34 MB here and compress to the size of their ids.
/// </summary>
sealed class VersionRows
{
    const byte FormatVersion = 2; // 1: without boxes
    readonly byte[] _ids;      // count × 32
    readonly int[] _labels;    // 0: none, else 1 + index into _words
    readonly byte[] _splits;
    readonly List<string> _words;
    readonly string?[]? _boxes; // null: no image has any

    VersionRows(byte[] ids, int[] labels, byte[] splits, List<string> words, string?[]? boxes)
    {
        _boxes = boxes;
        _ids = ids;
        _labels = labels;
        _splits = splits;
        _words = words;
    }

    public int Count => _splits.Length;

    /// <summary>Collects rows in any order.</summary>
    public sealed class Builder
    {
        readonly List<(ulong Key, int Row)> _order = [];
        readonly List<byte> _splits = [];
        readonly List<int> _labels = [];
        readonly List<string> _words = [];
        readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        Dictionary<int, string>? _boxes;
        byte[] _ids = new byte[32 * 256];

        public void Add(ReadOnlySpan<byte> id, string? label, DataSplit split, string? boxes)
        {
            var row = _splits.Count;
            if (_ids.Length < (row + 1) * 32) Array.Resize(ref _ids, _ids.Length * 2);
            id.CopyTo(_ids.AsSpan(row * 32, 32));
            _order.Add((BinaryPrimitives.ReadUInt64BigEndian(id), row));
            var number = 0;
            if (label is not null && !_numbers.TryGetValue(label, out number))
            {
                _words.Add(label);
                _numbers[label] = number = _words.Count;
            }
            _labels.Add(number);
            _splits.Add((byte)split);
            if (boxes is not null) (_boxes ??= [])[row] = boxes;
        }

        public VersionRows Build()
        {
            // Lower-case hexadecimal text sorts as its bytes do; the first eight decide except in made-up data.
            var ids = _ids;
            _order.Sort((a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : ids.AsSpan(a.Row * 32, 32).SequenceCompareTo(ids.AsSpan(b.Row * 32, 32)));
            var n = _order.Count;
            var sortedIds = new byte[n * 32];
            var labels = new int[n];
            var splits = new byte[n];
            var boxes = _boxes is null ? null : new string?[n];
            for (var i = 0; i < n; i++)
            {
                var row = _order[i].Row;
                ids.AsSpan(row * 32, 32).CopyTo(sortedIds.AsSpan(i * 32));
                labels[i] = _labels[row];
                splits[i] = _splits[row];
                if (boxes is not null) boxes[i] = _boxes!.GetValueOrDefault(row);
            }
            return new VersionRows(sortedIds, labels, splits, _words, boxes);
        }
    }

    /// <summary>SHA-256 over the rows "id TAB label TAB split LF" in UTF-8; where boxes are known, "TAB boxes" stands before the line's end.</summary>
    public byte[] Hash()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var words = _words.ConvertAll(Encoding.UTF8.GetBytes);
        var splitNames = Enum.GetValues<DataSplit>().Select(s => Encoding.UTF8.GetBytes($"\t{s}")).ToArray();
        using var buffer = new MemoryStream(1 << 16);
        Span<byte> hex = stackalloc byte[64];
        for (var i = 0; i < Count; i++)
        {
            Convert.TryToHexStringLower(_ids.AsSpan(i * 32, 32), hex, out _);
            buffer.Write(hex);
            buffer.WriteByte((byte)'\t');
            if (_labels[i] > 0) buffer.Write(words[_labels[i] - 1]);
            buffer.Write(splitNames[_splits[i]]);
            if (_boxes?[i] is { } boxes)
            {
                buffer.WriteByte((byte)'\t');
                buffer.Write(Encoding.UTF8.GetBytes(boxes));
            }
            buffer.WriteByte((byte)'\n');
            if (buffer.Length < 1 << 15) continue;
            sha.AppendData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            buffer.SetLength(0);
        }
        sha.AppendData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        return sha.GetHashAndReset();
    }

    public DatasetSummary Summarise()
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        var splits = new Dictionary<DataSplit, int>();
        var counts = new int[_words.Count + 1];
        foreach (var label in _labels) counts[label]++;
        foreach (var (word, i) in _words.Select((w, i) => (w, i + 1)).OrderBy(w => w.w, StringComparer.Ordinal)) labels[word] = counts[i];
        foreach (var group in _splits.CountBy(s => s).OrderBy(s => s.Key)) splits[(DataSplit)group.Key] = group.Value;
        var boxes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var box in (_boxes ?? []).SelectMany(b => LabelBoxes.Read(b) ?? [])) boxes[box.Label] = boxes.GetValueOrDefault(box.Label) + 1;
        return new DatasetSummary(Convert.ToHexStringLower(Hash()), Count, labels, splits) { Boxed = _boxes?.Count(b => b is not null) ?? 0, Boxes = new(boxes) };
    }

    public byte[] Pack()
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new BinaryWriter(brotli, Encoding.UTF8))
        {
            writer.Write(_boxes is null ? (byte)1 : FormatVersion);
            writer.Write7BitEncodedInt(Count);
            writer.Write7BitEncodedInt(_words.Count);
            foreach (var word in _words) writer.Write(word);
            foreach (var label in _labels) writer.Write7BitEncodedInt(label);
            writer.Write(_splits);
            writer.Write(_ids);
            foreach (var boxes in _boxes ?? []) writer.Write(boxes ?? "");
        }
        return packed.ToArray();
    }

    public static List<DatasetVersionEntry> Unpack(ReadOnlySpan<byte> packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        using var reader = new BinaryReader(brotli, Encoding.UTF8);
        var format = reader.ReadByte();
        if (format is 0 or > FormatVersion) throw new InvalidDataException("The rows of this dataset version have a format this release does not know.");
        var n = reader.Read7BitEncodedInt();
        var words = new string[reader.Read7BitEncodedInt()];
        for (var i = 0; i < words.Length; i++) words[i] = reader.ReadString();
        var labels = new int[n];
        for (var i = 0; i < n; i++) labels[i] = reader.Read7BitEncodedInt();
        var splits = new byte[n];
        reader.BaseStream.ReadExactly(splits);
        var rows = new List<DatasetVersionEntry>(n);
        Span<byte> id = stackalloc byte[32];
        for (var i = 0; i < n; i++)
        {
            reader.BaseStream.ReadExactly(id);
            rows.Add(new DatasetVersionEntry(Convert.ToHexStringLower(id), labels[i] == 0 ? null : words[labels[i] - 1], (DataSplit)splits[i]));
        }
        for (var i = 0; format > 1 && i < n; i++)
            if (reader.ReadString() is { Length: > 0 } boxes) rows[i] = rows[i] with { Boxes = boxes };
        return rows;
    }
}

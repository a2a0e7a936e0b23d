using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Flywheel.Engine.Production;

/// <summary>
/// What a model said of images, kept so that nothing is scored twice: flat files of float32 rows under the workspace's embeddings
/// folder, one folder per model, since scores and embeddings of different models must never meet. A file is written whole under a
/// temporary name and renamed, never changed; a later one adds to the earlier. Losing them costs time only.
/// </summary>
sealed class ScoreCache : IDisposable
{
    /// <summary>Files are joined into one beyond this many.</summary>
    const int MostSegments = 16;

    const int RowsPerSegment = 20_000;
    const int HeaderBytes = ScoreFile.HeaderBytes;
    const int IdBytes = ScoreFile.IdBytes;
    const string Extension = ScoreFile.Extension;

    readonly string _folder;
    readonly string _modelId;
    readonly int _classes;
    readonly IReporter _reporter;
    readonly List<SafeFileHandle> _segments = [];
    readonly Dictionary<UInt128, (int Segment, int Row, bool Flip)> _index = [];
    readonly List<ScoredImage> _pending = [];
    int _dimensions = -1;

    ScoreCache(string folder, Model model, IReporter reporter)
    {
        _folder = folder;
        _modelId = model.Id;
        _classes = model.Labels.Count;
        _reporter = reporter;
    }

    int RowBytes => ScoreFile.RowBytes(_classes, _dimensions);

    public static ScoreCache Open(string embeddingsPath, Model model, IReporter reporter)
    {
        var cache = new ScoreCache(Path.Combine(embeddingsPath, model.Id), model, reporter);
        if (Directory.Exists(cache._folder))
            foreach (var file in Directory.EnumerateFiles(cache._folder).Where(ScoreFile.IsScoreFile).Order(StringComparer.Ordinal)) cache.Load(file);
        return cache;
    }

    /// <summary>Takes a file into the index. One that is not whole or not ours is passed over: its images are scored again.</summary>
    void Load(string file)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> header = stackalloc byte[HeaderBytes];
            if (RandomAccess.Read(handle, header, 0) != HeaderBytes || !ScoreFile.TryReadHeader(header, _modelId, _classes, out var dimensions, out var rows))
            {
                Pass("it is not of this model");
                return;
            }
            if (rows == ScoreFile.Growing && dimensions is >= 0 and <= 1 << 20) rows = (int)((RandomAccess.GetLength(handle) - HeaderBytes) / ScoreFile.RowBytes(_classes, dimensions));
            else if (RandomAccess.GetLength(handle) != HeaderBytes + (long)rows * ScoreFile.RowBytes(_classes, dimensions))
            {
                Pass("it is cut short");
                return;
            }
            if (dimensions < 0 || dimensions > 1 << 20 || rows < 0 || (_dimensions >= 0 && dimensions != _dimensions))
            {
                Pass("its header makes no sense");
                return;
            }
            _dimensions = dimensions;
            var segment = _segments.Count;
            var block = new byte[RowBytes * Math.Clamp(rows, 1, 1024)];
            for (var row = 0; row < rows;)
            {
                var count = Math.Min(rows - row, block.Length / RowBytes);
                if (RandomAccess.Read(handle, block.AsSpan(0, count * RowBytes), HeaderBytes + (long)row * RowBytes) != count * RowBytes) throw new EndOfStreamException();
                for (var i = 0; i < count; i++, row++)
                {
                    var bytes = block.AsSpan(i * RowBytes, RowBytes);
                    var flip = !float.IsNaN(BinaryPrimitives.ReadSingleLittleEndian(bytes[(IdBytes + _classes * sizeof(float))..]));
                    var key = BinaryPrimitives.ReadUInt128LittleEndian(bytes);
                    if (!_index.TryGetValue(key, out var known) || !known.Flip || flip) _index[key] = (segment, row, flip);
                }
            }
            _segments.Add(handle);
            handle = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Pass(e.Message); // also: another process joined files meanwhile
        }
        finally
        {
            handle?.Dispose();
        }

        void Pass(string why) => _reporter.Verbose($"The score file '{file}' is passed over: {why}.");
    }

    static UInt128 Key(string imageId)
    {
        Span<byte> id = stackalloc byte[IdBytes];
        Convert.FromHexString(imageId, id, out _, out _);
        return BinaryPrimitives.ReadUInt128LittleEndian(id);
    }

    /// <summary>What is known of an image; null if nothing, or not the flip average that is asked for.</summary>
    public ScoredImage? Find(FlywheelImage image, bool flip)
    {
        if (!_index.TryGetValue(Key(image.Id), out var at) || (flip && !at.Flip)) return null;
        var bytes = new byte[RowBytes];
        if (RandomAccess.Read(_segments[at.Segment], bytes, HeaderBytes + (long)at.Row * RowBytes) != bytes.Length) return null;
        if (!Convert.ToHexStringLower(bytes, 0, IdBytes).Equals(image.Id, StringComparison.Ordinal)) return null;
        var values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(IdBytes));
        return new ScoredImage(image, values[.._classes].ToArray(), at.Flip ? values.Slice(_classes, _classes).ToArray() : null, values[(2 * _classes)..].ToArray());
    }

    /// <summary>Keeps a result; it reaches the disk with the next <see cref="Flush"/>.</summary>
    public void Add(ScoredImage scored)
    {
        _pending.Add(scored);
        if (_pending.Count >= RowsPerSegment) Flush();
    }

    /// <summary>Writes what was added. A disk that refuses costs the cache, not the work.</summary>
    public void Flush()
    {
        if (_pending.Count == 0) return;
        var dimensions = _pending[0].Embedding.Length;
        if (_dimensions >= 0 && _dimensions != dimensions)
        {
            // Rows already there are of another make; they would have been found otherwise.
            _pending.Clear();
            return;
        }
        _dimensions = dimensions;
        try
        {
            Directory.CreateDirectory(_folder);
            var bytes = new byte[RowBytes];
            var file = WriteSegment(_pending.Count, stream =>
            {
                foreach (var scored in _pending)
                {
                    ScoreFile.WriteRow(bytes, scored);
                    stream.Write(bytes);
                }
            });
            _pending.Clear();
            Load(file);
            if (_segments.Count > MostSegments) Join();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _pending.Clear();
            _reporter.Warning($"Scores and embeddings could not be kept in '{_folder}': {e.Message} They will be computed again when needed.");
        }
    }

    string WriteSegment(int rows, Action<Stream> write)
    {
        var file = Path.Combine(_folder, ScoreFile.NewName() + Extension);
        var temporary = file + ".tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                Span<byte> header = stackalloc byte[HeaderBytes];
                ScoreFile.WriteHeader(header, _modelId, _classes, _dimensions, rows);
                stream.Write(header);
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, file);
            return file;
        }
        catch
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Copies the rows the index points to into one file and deletes the others.</summary>
    void Join()
    {
        var old = Directory.GetFiles(_folder, "*" + Extension);
        var rows = _index.Values.OrderBy(r => r.Segment).ThenBy(r => r.Row).ToList();
        var bytes = new byte[RowBytes];
        var joined = WriteSegment(rows.Count, stream =>
        {
            foreach (var (segment, row, _) in rows)
            {
                if (RandomAccess.Read(_segments[segment], bytes, HeaderBytes + (long)row * RowBytes) != bytes.Length) throw new EndOfStreamException();
                stream.Write(bytes);
            }
        });
        foreach (var handle in _segments) handle.Dispose();
        _segments.Clear();
        _index.Clear();
        Load(joined);
        foreach (var file in old)
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _reporter.Verbose($"The score file '{file}' stays: {e.Message}"); // another process reads it; the next join tries again
            }
        }
    }

    public void Dispose()
    {
        foreach (var handle in _segments) handle.Dispose();
        _segments.Clear();
        _index.Clear();
    }
}

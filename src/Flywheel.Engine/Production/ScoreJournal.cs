using System.Buffers.Binary;
using Flywheel.Engine.Workspaces;
using Microsoft.Win32.SafeHandles;

namespace Flywheel.Engine.Production;

/// <summary>
/// Keeps what a model says as it says it: scores and embeddings are in the operating system's hands when <see cref="Append"/> returns, so
/// that they outlive a killed process. Images that are not kept have no other source for them. Everybody who asks for the model's scores
/// finds what stands here. Not for several threads at once.
/// </summary>
public sealed class ScoreJournal : IDisposable
{
    /// <summary>Rows after which a new file begins.</summary>
    const int RowsPerFile = 20_000;

    readonly string _folder;
    readonly Model _model;
    readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    byte[] _buffer = [];
    SafeFileHandle? _file;
    string _path = "";
    long _end;
    int _dimensions;

    /// <summary>Opens the journal of a model; whatever a killed process left is closed first.</summary>
    public ScoreJournal(Workspace workspace, Model model)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        _folder = Path.Combine(workspace.EmbeddingsPath, model.Id);
        _model = model;
        if (!Directory.Exists(_folder)) return;
        foreach (var file in Directory.GetFiles(_folder, "*" + ScoreFile.LiveExtension)) Seal(file);
    }

    /// <summary>Adds results; an image that was added before is passed over.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Append(IEnumerable<ScoredImage> scored)
    {
        ArgumentNullException.ThrowIfNull(scored);
        var length = 0;
        foreach (var one in scored)
        {
            if (!_ids.Add(one.Image.Id)) continue;
            if (_file is null) Begin(one.Embedding.Length);
            var row = ScoreFile.RowBytes(_model.Labels.Count, _dimensions);
            if (_buffer.Length < length + row) Array.Resize(ref _buffer, Math.Max(length + row, 2 * _buffer.Length));
            ScoreFile.WriteRow(_buffer.AsSpan(length, row), one);
            length += row;
        }
        if (length == 0) return;
        RandomAccess.Write(_file!, _buffer.AsSpan(0, length), _end);
        _end += length;
        if (_ids.Count >= RowsPerFile) End();
    }

    void Begin(int dimensions)
    {
        Directory.CreateDirectory(_folder);
        _path = Path.Combine(_folder, ScoreFile.NewName() + ScoreFile.LiveExtension);
        _dimensions = dimensions;
        _file = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
        Span<byte> header = stackalloc byte[ScoreFile.HeaderBytes];
        ScoreFile.WriteHeader(header, _model.Id, _model.Labels.Count, dimensions, ScoreFile.Growing);
        RandomAccess.Write(_file, header, 0);
        _end = header.Length;
    }

    void End()
    {
        _ids.Clear();
        if (_file is null) return;
        _file.Dispose();
        _file = null;
        Seal(_path);
    }

    /// <summary>Writes the number of whole rows into the header and renames; a file whose process still runs is left alone.</summary>
    void Seal(string path)
    {
        try
        {
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
                Span<byte> header = stackalloc byte[ScoreFile.HeaderBytes];
                if (RandomAccess.Read(file, header, 0) != header.Length || !ScoreFile.TryReadHeader(header, _model.Id, _model.Labels.Count, out var dimensions, out _) || dimensions < 0) return;
                var row = ScoreFile.RowBytes(_model.Labels.Count, dimensions);
                var rows = (int)((RandomAccess.GetLength(file) - header.Length) / row);
                RandomAccess.SetLength(file, header.Length + (long)rows * row);
                BinaryPrimitives.WriteInt32LittleEndian(header[16..], rows);
                RandomAccess.Write(file, header, 0);
                RandomAccess.FlushToDisk(file);
            }
            File.Move(path, Path.ChangeExtension(path, ScoreFile.Extension));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It can be read as it is; the next one who opens the journal tries again.
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => End();
}

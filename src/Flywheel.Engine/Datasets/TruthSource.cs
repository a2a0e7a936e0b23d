using System.Collections.Concurrent;
using System.Security.Cryptography;
using Flywheel.Formats.Sources;

namespace Flywheel.Engine.Datasets;

/// <summary>
/// A labelled folder or manifest as an oracle: asked about one image, it gives that image's label and no other. Files are matched by
/// their place, then by their bytes. It stands in for people where the truth is known already: replays, experiments, second opinions.
/// Not for use from several threads at once.
/// </summary>
public sealed class TruthSource
{
    readonly IReadOnlyList<SourceCandidate> _files;
    readonly Dictionary<string, string> _byPath;
    readonly Dictionary<string, string?> _byName = new(StringComparer.Ordinal);
    readonly IReporter _reporter;
    readonly CancellationToken _cancelToken;
    readonly bool _matchNames;
    Dictionary<string, string?>? _byId;

    TruthSource(IReadOnlyList<SourceCandidate> files, TruthRequest request, IReporter reporter, CancellationToken cancelToken)
    {
        _files = files;
        _reporter = reporter;
        _cancelToken = cancelToken;
        _matchNames = request.MatchNames;
        Path = request.Path;
        _byPath = files.ToDictionary(f => f.Path, f => f.Label!, StringComparer.Ordinal);
        if (_matchNames)
            foreach (var file in files)
            {
                var name = System.IO.Path.GetFileName(file.Path);
                if (!_byName.TryAdd(name, file.Label) && _byName[name] != file.Label) _byName[name] = null;
            }
        Labels = [.. files.Select(f => f.Label!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Lists the source; files are read only when an image cannot be found by its place.</summary>
    /// <exception cref="FlywheelException"><c>TruthIsEmpty</c>; those of <see cref="SourceReader.Read"/>.</exception>
    public static TruthSource Open(TruthRequest request, IReporter reporter, CancellationToken cancelToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var listing = SourceReader.Read(new SourceOptions { Path = System.IO.Path.GetFullPath(request.Path), NamePattern = request.NamePattern, LabelMap = request.LabelMap, AllowOutside = request.AllowOutside }, reporter, cancelToken);
        // A manifest may list a file twice and leave labels out.
        var files = listing.Candidates.Where(c => c.Label is not null).DistinctBy(c => c.Path, StringComparer.Ordinal).ToList();
        return files.Count > 0 ? new TruthSource(files, request, reporter, cancelToken)
            : throw new FlywheelException("TruthIsEmpty", FaultCategory.InvalidData, $"'{request.Path}' tells the label of no file.", request.Path, "Give a folder with one folder per label, or a manifest with a column 'label'.");
    }

    /// <summary>The folder or manifest.</summary>
    public string Path { get; }

    /// <summary>Files it knows the label of.</summary>
    public int Count => _files.Count;

    /// <summary>The labels it gives, ordered.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The label of an image, or null if the source does not know it or contradicts itself.</summary>
    public string? LabelOf(FlywheelImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (_byPath.TryGetValue(image.Path, out var label)) return label;
        if ((_byId ??= HashAll()).TryGetValue(image.Id, out var byId)) return byId;
        return _matchNames ? _byName.GetValueOrDefault(image.Name) : null;
    }

    Dictionary<string, string?> HashAll()
    {
        var ids = new string?[_files.Count];
        using (var meter = new ProgressMeter(_reporter, "Reading the truth", _files.Count, "files"))
        {
            Parallel.ForEach(Partitioner.Create(0, _files.Count, 32), new ParallelOptions { CancellationToken = _cancelToken }, range =>
            {
                for (var i = range.Item1; i < range.Item2; i++)
                {
                    try
                    {
                        ids[i] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_files[i].Path)));
                    }
                    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                    {
                        _reporter.Fault(new FlywheelException("ImageUnreadable", FaultCategory.ReadError, $"The file '{_files[i].Path}' cannot be read: {e.Message}", _files[i].Path, "Check that the file exists and that you may read it.", inner: e));
                    }
                }
                meter.Advance(range.Item2 - range.Item1);
            });
        }
        var labels = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] is not { } id || labels.TryAdd(id, _files[i].Label) || labels[id] == _files[i].Label || labels[id] is null) continue;
            labels[id] = null;
            _reporter.Fault(new FlywheelException("TruthContradicts", FaultCategory.InvalidData, $"'{_files[i].Path}' is labelled '{_files[i].Label}', but the same bytes have another label elsewhere in '{Path}'. The image stays unlabelled.", _files[i].Path, "Correct the source."));
        }
        return labels;
    }
}

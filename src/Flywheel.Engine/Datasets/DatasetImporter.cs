using System.Diagnostics;
using Flywheel.Engine.Workspaces;
using Flywheel.Formats.Sources;
using Flywheel.Imaging;

namespace Flywheel.Engine.Datasets;

/// <summary>
/// Brings images into a dataset. Files are read, hashed, decoded and measured in parallel; one writer stores them in batches, in the
/// order of their names, so that the same files give the same catalogue whatever the threads do. A killed import loses at most the
/// batch it was at; run again, it reads only what is missing.
/// </summary>
public static class DatasetImporter
{
    const int BatchSize = 512;
    const int BatchesAhead = 32;

    /// <summary>Imports, and records the version the dataset then has.</summary>
    /// <returns>What was done. Files that cannot be taken are reported as faults and the rest goes in: those of
    /// <see cref="SourceReader.Read"/> and <see cref="ImageInspector.Inspect"/>, <c>LabelConflict</c>, <c>ImageChanged</c>, <c>ImageNotCopied</c>; <c>ImageMisnamed</c>
    /// for a file whose extension belies its format, which is taken all the same.</returns>
    /// <exception cref="FlywheelException"><c>NothingToImport</c>: the source has no image files. <c>NoImageImported</c>: none of them
    /// could be taken. <c>InvalidLimit</c>. Those of <see cref="SourceReader.Read"/> and of the catalogue.</exception>
    public static ImportResult Import(Workspace workspace, ImportRequest request, IReporter reporter, CancellationToken cancelToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var clock = Stopwatch.StartNew();
        var name = NameOf(request);
        // A file of boxes that cannot be read is told before thousands of images are.
        if (request.Boxes is { } file) BoxImporter.Check(file, cancelToken);
        var listing = List(request, reporter, cancelToken);
        var run = new Run(workspace, request, name, listing, reporter, cancelToken);
        var selection = new ImportSelection(listing.Candidates, request.Limit, request.Seed);
        using (var meter = new ProgressMeter(reporter, $"Importing {name}", request.Limit is null ? listing.Candidates.Count : null, "images"))
        {
            for (var round = selection.NextRound(); round.Count > 0; round = selection.NextRound()) run.Take(round, selection, meter);
        }
        run.ReportEnd();
        if (run.Added + run.Present == 0)
            throw new FlywheelException("NoImageImported", FaultCategory.InvalidData, $"None of the {listing.Candidates.Count + listing.Faults} files of '{request.Path}' could be taken.", request.Path,
                "See the errors before this one for the reason of each.");
        if (request.Boxes is { } boxes) BoxImporter.Import(workspace, name, boxes, request.Author ?? DatasetNames.User, reporter, cancelToken);
        workspace.Catalogue.Snapshot(name);
        return new ImportResult(workspace.GetDataset(name), run.Added, run.Present, listing.Faults + run.Failed, run.Conflicts, clock.Elapsed);
    }

    /// <summary>Says what <see cref="Import"/> would do, without reading an image. Faults of the source are reported.</summary>
    /// <exception cref="FlywheelException">As <see cref="Import"/>.</exception>
    public static ImportPlan Plan(Workspace workspace, ImportRequest request, IReporter reporter, CancellationToken cancelToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var listing = List(request, reporter, cancelToken);
        var files = new ImportSelection(listing.Candidates, request.Limit, request.Seed).NextRound();
        var known = workspace.Catalogue.KnownFiles(listing.Root);
        var unchanged = files.Count(f => IsUnchanged(known, f, out _));
        return new ImportPlan(NameOf(request), files.Count, unchanged, files.Where(f => !IsUnchanged(known, f, out _)).Sum(f => f.Bytes),
            new SortedDictionary<string, int>(files.Where(f => f.Label is not null).CountBy(f => f.Label!).ToDictionary(), StringComparer.Ordinal),
            files.Count(f => f.Label is null),
            [.. files.SelectMany(f => f.Tags.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)]);
    }

    static string NameOf(ImportRequest request)
    {
        var name = request.Name ?? Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(request.Path));
        if (Directory.Exists(request.Path) && request.Name is null) name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Path)));
        return DatasetNames.Validate(name);
    }

    static SourceListing List(ImportRequest request, IReporter reporter, CancellationToken cancelToken)
    {
        if (request.Limit is < 1)
            throw new FlywheelException("InvalidLimit", FaultCategory.InvalidArgument, $"A limit of {request.Limit} images per label is not possible.", request.Limit, "Give 1 or more.");
        var listing = SourceReader.Read(new SourceOptions
        {
            Path = Path.GetFullPath(request.Path),
            Files = request.Files,
            NamePattern = request.NamePattern,
            LabelMap = request.LabelMap,
            Unlabeled = request.Unlabeled,
            AllowOutside = request.AllowOutside,
        }, reporter, cancelToken);
        if (listing.Candidates.Count == 0 && listing.Faults == 0)
            throw new FlywheelException("NothingToImport", FaultCategory.NotFound, $"There are no image files in '{request.Path}'.", request.Path, "Supported are PNG, JPEG, WebP, BMP and GIF.");
        return listing;
    }

    static bool IsUnchanged(IReadOnlyDictionary<string, KnownFile> known, SourceCandidate file, out KnownFile before) =>
        known.TryGetValue(file.Path, out before) && before.Bytes == file.Bytes && before.ModifiedTicks == file.ModifiedTicks;

    /// <summary>What a worker found in one file.</summary>
    readonly record struct Finding(ImageRecord? Record, string? OwnedPath, FlywheelException? Fault, bool IsMisnamed, bool HasReplaced);

    sealed class Run
    {
        readonly Workspace _workspace;
        readonly ImportRequest _request;
        readonly string _name;
        readonly string _author;
        readonly IReporter _reporter;
        readonly CancellationToken _cancelToken;
        readonly IReadOnlyDictionary<string, KnownFile> _known;
        readonly List<LabelConflict> _conflicts = [];
        int _replaced;

        public Run(Workspace workspace, ImportRequest request, string name, SourceListing listing, IReporter reporter, CancellationToken cancelToken)
        {
            _workspace = workspace;
            _request = request;
            _name = name;
            _author = request.Author ?? DatasetNames.User;
            _reporter = reporter;
            _cancelToken = cancelToken;
            var known = workspace.Catalogue.KnownFiles(listing.Root);
            if (request.AllowOutside)
            {
                // Files a manifest names elsewhere are known by their own folders.
                var all = new Dictionary<string, KnownFile>(known, StringComparer.Ordinal);
                foreach (var folder in listing.Candidates.Select(c => Path.GetDirectoryName(c.Path)!).Distinct(StringComparer.Ordinal))
                    if (!folder.StartsWith(listing.Root, StringComparison.Ordinal))
                        foreach (var (path, file) in workspace.Catalogue.KnownFiles(folder)) all[path] = file;
                known = all;
            }
            _known = known;
        }

        public int Added { get; private set; }

        public int Present { get; private set; }

        public int Failed { get; private set; }

        public IReadOnlyList<LabelConflict> Conflicts => _conflicts;

        /// <summary>Reads the files on worker threads and stores them here, batch by batch, in order.</summary>
        public void Take(List<SourceCandidate> files, ImportSelection selection, ProgressMeter meter)
        {
            var findings = new Finding[files.Count];
            var batches = (files.Count + BatchSize - 1) / BatchSize;
            var pending = new int[batches];
            for (var b = 0; b < batches; b++) pending[b] = Math.Min(BatchSize, files.Count - b * BatchSize);
            var gate = new object();
            var next = 0;
            var stored = 0;
            var stop = false;
            Exception? failure = null;

            void Work()
            {
                try
                {
                    while (true)
                    {
                        // Small shares: the last ones finish together.
                        var from = Interlocked.Add(ref next, 16) - 16;
                        if (from >= files.Count) return;
                        var to = Math.Min(from + 16, files.Count);
                        var batch = from / BatchSize;
                        lock (gate)
                        {
                            while (!stop && batch > stored + BatchesAhead) Monitor.Wait(gate);
                            if (stop) return;
                        }
                        for (var i = from; i < to; i++)
                        {
                            if (_cancelToken.IsCancellationRequested) return;
                            findings[i] = Look(files[i]);
                        }
                        lock (gate)
                        {
                            if ((pending[batch] -= to - from) == 0) Monitor.PulseAll(gate);
                        }
                    }
                }
                catch (Exception e)
                {
                    lock (gate)
                    {
                        failure ??= e;
                        stop = true;
                        Monitor.PulseAll(gate);
                    }
                }
            }

            var threads = new Thread[Math.Min(Math.Max(1, _request.Threads ?? Environment.ProcessorCount), Math.Max(1, files.Count / 16))];
            for (var t = 0; t < threads.Length; t++)
            {
                threads[t] = new Thread(Work) { IsBackground = true, Name = "Flywheel import" };
                threads[t].Start();
            }
            // Only wakes the writer below, which looks at the token itself.
            using var wake = _cancelToken.Register(() =>
            {
                lock (gate) Monitor.PulseAll(gate);
            });
            try
            {
                for (var b = 0; b < batches; b++)
                {
                    lock (gate)
                    {
                        while (pending[b] > 0 && failure is null && !_cancelToken.IsCancellationRequested) Monitor.Wait(gate);
                    }
                    if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
                    _cancelToken.ThrowIfCancellationRequested();
                    var from = b * BatchSize;
                    var count = Math.Min(BatchSize, files.Count - from);
                    Store(files, findings.AsSpan(from, count), from, selection);
                    findings.AsSpan(from, count).Clear();
                    meter.Advance(count);
                    lock (gate)
                    {
                        stored = b + 1;
                        Monitor.PulseAll(gate);
                    }
                }
            }
            finally
            {
                lock (gate)
                {
                    stop = true;
                    Monitor.PulseAll(gate);
                }
                foreach (var thread in threads) thread.Join();
            }
        }

        Finding Look(SourceCandidate file)
        {
            try
            {
                string? owned = null;
                if (IsUnchanged(_known, file, out var before) && (!_request.Copy || (owned = OwnedImages.Find(_workspace, before.ImageId)) is not null))
                {
                    return new Finding(new ImageRecord
                    {
                        Id = before.ImageId,
                        Path = file.Path,
                        Format = "",
                        Bytes = before.Bytes,
                        ModifiedTicks = before.ModifiedTicks,
                        Label = file.Label,
                        Tags = file.Tags,
                    }, owned, null, false, false);
                }
                var found = ImageInspector.Inspect(file.Path);
                if (_request.Copy) owned = OwnedImages.Add(_workspace, file.Path, found.Id, found.Format);
                return new Finding(new ImageRecord
                {
                    Id = found.Id,
                    Path = file.Path,
                    Format = found.Format,
                    Bytes = found.Bytes,
                    ModifiedTicks = found.ModifiedTicks,
                    Measurement = found.Measurement,
                    Label = file.Label,
                    Tags = file.Tags,
                }, owned, null, !ImageDecoder.ExtensionMatches(file.Path, found.Format), before.ImageId is not null && before.ImageId != found.Id);
            }
            catch (FlywheelException fault)
            {
                return new Finding(null, null, fault, false, false);
            }
        }

        void Store(List<SourceCandidate> files, ReadOnlySpan<Finding> findings, int from, ImportSelection selection)
        {
            var records = new List<ImageRecord>(findings.Length);
            Dictionary<string, string>? owned = null;
            for (var i = 0; i < findings.Length; i++)
            {
                var finding = findings[i];
                if (finding.Fault is { } fault)
                {
                    Failed++;
                    _reporter.Fault(fault);
                    continue;
                }
                var record = finding.Record!;
                records.Add(record);
                selection.Count(files[from + i].Label, record.Id);
                if (finding.OwnedPath is { } path) (owned ??= new Dictionary<string, string>(StringComparer.Ordinal))[record.Id] = path;
                if (finding.HasReplaced) _replaced++;
                if (finding.IsMisnamed)
                    _reporter.Fault(new FlywheelException("ImageMisnamed", FaultCategory.InvalidData, $"'{record.Path}' is a {record.Format} file, whatever its extension says. It was taken all the same.", record.Path,
                        $"Rename it to '{Path.ChangeExtension(Path.GetFileName(record.Path), record.Format == "jpeg" ? ".jpg" : "." + record.Format)}', or leave it: Flywheel goes by content.", new SourceLocation(record.Path)));
            }
            if (records.Count == 0) return;
            var result = _workspace.Catalogue.AddImages(_name, records, _author);
            if (owned is not null) _workspace.Catalogue.SetOwnedPaths(owned);
            Added += result.Added;
            Present += result.Present;
            foreach (var conflict in result.Conflicts)
            {
                _conflicts.Add(conflict);
                var other = _workspace.Catalogue.FindImage(conflict.ImageId)?.Path;
                _reporter.Fault(new FlywheelException("LabelConflict", FaultCategory.InvalidData,
                    $"'{conflict.Path}' is labelled '{conflict.Imported}', but the same bytes, '{other}', are labelled '{conflict.Existing}'. The label '{conflict.Existing}' stays.", conflict.Path,
                    $"Look at the image and, if it is wrong, correct it: Set-FlywheelAnnotation {conflict.ImageId[..12]} -Label '{conflict.Imported}'", new SourceLocation(conflict.Path)));
            }
        }

        public void ReportEnd()
        {
            if (_replaced > 0) _reporter.Warning($"{_replaced} files have other bytes than when they were imported before. They are new images; the earlier ones stay in the catalogue, though their file is gone.");
        }
    }
}

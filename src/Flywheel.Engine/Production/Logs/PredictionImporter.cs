using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Registry;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;
using Flywheel.Formats.Logs;

namespace Flywheel.Engine.Production.Logs;

/// <summary>
/// Brings in the log of a model that runs elsewhere: predictions, the images of those found on disk, and reports that stand beside them.
/// Works in batches, each stored wholly or not at all; what is there already is not added again, so a stopped import is simply run again.
/// </summary>
public static class PredictionImporter
{
    const int BatchSize = 500;
    const int MostLabels = 10_000;

    /// <summary>Imports, or tells what an import would do.</summary>
    /// <returns>What was done. Rows that cannot be taken are reported as faults and the rest goes in: those of <see cref="PredictionLog.Rows"/>,
    /// of reading the images, <c>LogImageMissing</c>, <c>ImageHashMismatch</c>, <c>LogScoresIncomplete</c>, <c>PredictionIdTaken</c>.</returns>
    /// <exception cref="FlywheelException"><c>ModelNotFound</c>, <c>ModelNotExternal</c>, <c>InvalidModelName</c>, <c>InvalidDatasetName</c>, <c>LogHasOneLabel</c>,
    /// <c>LogHasTooManyLabels</c>; those of <see cref="PredictionLog.Open"/>.</exception>
    public static PredictionImport Import(Workspace workspace, PredictionImportRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        if (request.Dataset is { } name) DatasetNames.Validate(name);
        var clock = Stopwatch.StartNew();
        var model = Find(workspace, request);
        var log = PredictionLog.Open(new LogOptions
        {
            Path = request.Path,
            Columns = request.Columns,
            Scores = request.Scores,
            Tags = request.Tags,
            Root = request.Root,
            AllowOutside = request.AllowOutside,
            Labels = model is { IsExternal: false } ? model.Labels : request.Labels,
        });
        var isNew = model is null;
        var before = model;
        if (model is null or { IsExternal: true }) model = External(workspace, log, request, model, token);
        var run = new Run(workspace, request, model, log.Path, reporter, token);
        if (request.Store && !ReferenceEquals(before, model)) workspace.Catalogue.AddModel(model);
        using (var meter = new ProgressMeter(reporter, $"Importing predictions of {model.Name}", null, "rows"))
        {
            foreach (var batch in log.Rows(run.Fault, token).Chunk(BatchSize))
            {
                run.Take(batch);
                meter.Advance(batch.Length);
            }
        }
        return run.Result(isNew, clock.Elapsed);
    }

    /// <summary>The model; null if it runs elsewhere and is not yet known.</summary>
    static Model? Find(Workspace workspace, PredictionImportRequest request)
    {
        if (!request.External)
        {
            try
            {
                return workspace.GetModel(request.Model);
            }
            catch (FlywheelException e) when (e.ErrorId == "ModelNotFound")
            {
                throw new FlywheelException(e.ErrorId, e.Category, e.Message, e.Target, $"If it runs elsewhere, say so with -External, and it is recorded under that name. {e.RecommendedAction}", inner: e);
            }
        }
        var known = workspace.Catalogue.FindModel(request.Model);
        return known is null or { IsExternal: true } ? known
            : throw new FlywheelException("ModelNotExternal", FaultCategory.InvalidArgument, $"The model '{known.Name}' is in this workspace; it does not run elsewhere only.", request.Model,
                "Leave out -External to bring in predictions it made elsewhere, or give another name.");
    }

    /// <summary>The external model with all labels its logs have so far; the same object if there are no new ones.</summary>
    static Model External(Workspace workspace, PredictionLog log, PredictionImportRequest request, Model? known, CancellationToken token)
    {
        var labels = new SortedSet<string>(StringComparer.Ordinal);
        if (request.Labels.Count == 0)
        {
            // Faults are reported when the rows are taken.
            foreach (var row in log.Rows(_ => { }, token))
            {
                labels.UnionWith(row.Scores.Keys);
                if (labels.Count > MostLabels)
                    throw new FlywheelException("LogHasTooManyLabels", FaultCategory.LimitsExceeded, $"The log '{log.Path}' has more than {MostLabels:N0} labels.", log.Path, "Is its column of labels what it seems? Say which is: -Column @{ label = 'its column' }.");
            }
        }
        List<string> all = [.. known?.Labels ?? [], .. (request.Labels.Count > 0 ? request.Labels : [.. labels]).Except(known?.Labels ?? [])];
        if (known is not null && all.Count == known.Labels.Count) return known;
        if (all.Count < 2)
            throw new FlywheelException("LogHasOneLabel", FaultCategory.InvalidData, $"The log '{log.Path}' has {(all.Count == 0 ? "no row that can be taken" : $"one label only, '{all[0]}'")}; a classifier has two at least.", log.Path,
                "Name all labels the model can give: -Labels ok, scratch.");
        return known is not null ? known with { Labels = all } : new Model
        {
            Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("external model\n" + request.Model)))[..16],
            Name = RegistryNames.DemandModel(workspace, request.Model),
            Path = "",
            Labels = all,
            Preprocessing = ImagePreprocessing.Raw(0, 0, 0),
            Architecture = "runs elsewhere",
            Workspace = workspace.Root,
            Created = DateTimeOffset.UtcNow,
        };
    }

    sealed class Run(Workspace workspace, PredictionImportRequest request, Model model, string path, IReporter reporter, CancellationToken token)
    {
        readonly FileIdentifier _files = new(workspace);
        readonly DateTimeOffset _written = File.GetLastWriteTimeUtc(path);
        readonly HashSet<string> _newImages = new(StringComparer.Ordinal);
        readonly HashSet<string> _added = new(StringComparer.Ordinal);
        int _known, _failed, _withoutImage, _feedback;
        DateTimeOffset? _from, _to;

        public void Fault(FlywheelException fault)
        {
            Interlocked.Increment(ref _failed);
            reporter.Fault(fault);
        }

        void Fault(LoggedPrediction row, string id, FaultCategory category, string what, object? target, string action, Exception? inner = null) =>
            Fault(new FlywheelException(id, category, $"{path}({row.Line}): {what}", target, action, new SourceLocation(path, row.Line), inner));

        public void Take(LoggedPrediction[] rows)
        {
            var (images, records) = ImagesOf(rows);
            var predictions = new List<(Prediction Prediction, LoggedPrediction Row)>(rows.Length);
            for (var i = 0; i < rows.Length; i++)
                if (images[i].Id is { } id && Make(rows[i], id, images[i].Path) is { } made) predictions.Add((made, rows[i]));

            var there = workspace.Catalogue.Predictions(new PredictionQuery { Ids = [.. predictions.Select(p => p.Prediction.Id)], LatestPerImage = false, Sources = Enum.GetValues<PredictionSource>() })
                .ToDictionary(p => p.Id, StringComparer.Ordinal);
            var fresh = new List<Prediction>(predictions.Count);
            var reports = new List<Feedback>();
            foreach (var (p, row) in predictions)
            {
                if (there.TryGetValue(p.Id, out var other) && (other.ModelId != p.ModelId || other.ImageId != p.ImageId))
                {
                    Fault(row, "PredictionIdTaken", FaultCategory.AlreadyExists, $"the id '{row.Id}' belongs to a prediction of {(other.ModelId != p.ModelId ? $"the model {other.ModelId}" : $"the image {other.ImageId[..12]}")} already.", row.Id,
                        "Ids must tell predictions apart. Leave the column out with -Column @{ id = '' }, and ids are made from the rows.");
                    continue;
                }
                if (_from is null || p.Time < _from) _from = p.Time;
                if (_to is null || p.Time > _to) _to = p.Time;
                // Without storing, the catalogue does not tell what came earlier in the same log.
                if (other is null && there.TryAdd(p.Id, p) && (request.Store || _added.Add(p.Id)))
                {
                    fresh.Add(p);
                    Added++;
                    if (p.Path.Length == 0) _withoutImage++;
                }
                else
                {
                    _known++;
                }
                if (row.Feedback is { } said) reports.Add(Report(p, said));
            }
            var known = workspace.Catalogue.Feedback(new FeedbackQuery { Ids = [.. reports.Select(f => f.Id)] }).Select(f => f.Id).ToHashSet(StringComparer.Ordinal);
            reports = [.. reports.Where(r => known.Add(r.Id))];
            _feedback += reports.Count;
            if (!request.Store) return;
            if (records.Count > 0) workspace.Catalogue.AddPredictions(fresh, request.Dataset ?? PredictionOptions.Inbox, records, "import");
            else workspace.Catalogue.AddPredictions(fresh);
            workspace.Catalogue.AddFeedback(reports);
        }

        /// <summary>Number of predictions that were new.</summary>
        int Added { get; set; }

        /// <summary>The image of each row with the path it is found at, and the records to add. A row without an image was reported.</summary>
        ((string? Id, string Path)[] Images, List<ImageRecord> Records) ImagesOf(LoggedPrediction[] rows)
        {
            var images = new (string? Id, string Path)[rows.Length];
            var onDisk = Enumerable.Range(0, rows.Length).Where(i => File.Exists(rows[i].Image.Path)).ToList();
            var paths = onDisk.Select(i => rows[i].Image.Path!).Distinct(StringComparer.Ordinal).ToList();
            var broken = new FlywheelException?[paths.Count];
            var found = _files.Identify(paths, (at, fault) => broken[at] = fault, token);
            var place = paths.Select((p, at) => (p, at)).ToDictionary(x => x.p, x => x.at, StringComparer.Ordinal);
            var records = new List<ImageRecord>();
            var taken = new HashSet<int>();
            foreach (var i in onDisk)
            {
                var (row, at) = (rows[i], place[rows[i].Image.Path!]);
                if (broken[at] is { } fault) Fault(row, fault.ErrorId, fault.Category, fault.Message, fault.Target, fault.RecommendedAction ?? "", fault);
                else if (row.Image.Hash is { } hash && hash != found[at].Record!.Id)
                    Fault(row, "ImageHashMismatch", FaultCategory.InvalidData, $"the file '{row.Image.Path}' is not the image of the log: its SHA-256 is {found[at].Record!.Id[..12]}…, the row says {hash[..12]}….", row.Image.Path,
                        "The file was replaced since. Name images by hash only, or keep each under a name of its own.");
                else
                {
                    images[i] = (found[at].Record!.Id, row.Image.Path!);
                    if (taken.Add(at) && (found[at].IsNew || request.Dataset is not null)) records.Add(found[at].Record!);
                }
            }
            var catalogued = Catalogued(rows, records, found);
            for (var i = 0; i < rows.Length; i++)
            {
                if (images[i].Id is not null || File.Exists(rows[i].Image.Path)) continue;
                var (row, stated) = (rows[i], rows[i].Image);
                // The file is gone; perhaps the catalogue has seen it, here or under another name.
                var image = stated.Hash is { } hash ? catalogued.GetValueOrDefault(hash) : workspace.Catalogue.FindImage(stated.Path!);
                if ((stated.Hash ?? image?.Id) is { } id) images[i] = (id, image?.Path ?? "");
                else
                    Fault(row, "LogImageMissing", FaultCategory.NotFound, $"there is no file '{stated.Path}', and the row gives no hash.", stated.Path,
                        request.Root is null ? $"Paths are relative to the log's folder; name another one with -Root." : $"Paths are relative to '{request.Root}'.");
            }
            return (images, records);
        }

        /// <summary>What the catalogue knows of the images named by hash; also counts the images that are new to it.</summary>
        Dictionary<string, FlywheelImage> Catalogued(LoggedPrediction[] rows, List<ImageRecord> records, FileIdentifier.Found[] found)
        {
            var fresh = found.Where(f => f.IsNew).Select(f => f.Record!.Id).ToHashSet(StringComparer.Ordinal);
            string[] ids = [.. rows.Select(r => r.Image.Hash).OfType<string>().Concat(fresh).Distinct(StringComparer.Ordinal)];
            var catalogued = ids.Length == 0 ? [] : workspace.Catalogue.Images(new ImageQuery { Ids = ids }).ToDictionary(i => i.Id, StringComparer.Ordinal);
            _newImages.UnionWith(records.Select(r => r.Id).Where(id => fresh.Contains(id) && !catalogued.ContainsKey(id)));
            return catalogued;
        }

        Prediction? Make(LoggedPrediction row, string imageId, string imagePath)
        {
            var rest = Math.Max(0, 1 - row.Scores.Values.Sum());
            var unscored = model.Labels.Count(l => !row.Scores.ContainsKey(l));
            if (unscored == 0 && rest > 0.02)
            {
                Fault(row, "LogScoresIncomplete", FaultCategory.InvalidData, string.Create(CultureInfo.InvariantCulture, $"the scores of all {model.Labels.Count} labels add up to {1 - rest:0.###}."), row.Line,
                    "Give probabilities that exclude each other: they add up to 1.");
                return null;
            }
            // What the log leaves open is spread evenly over the labels it does not score; with two labels that is exact.
            var scores = model.Labels.ToDictionary(l => l, l => row.Scores.TryGetValue(l, out var s) ? s : rest / unscored, StringComparer.Ordinal);
            if (!scores.TryGetValue(row.Label, out var confidence))
            {
                Fault(row, "LogLabelUnknown", FaultCategory.InvalidData, $"the model has no label '{row.Label}'; its labels are {string.Join(", ", model.Labels)}.", row.Label, "Correct the label, or name all labels with -Labels.");
                return null;
            }
            var sum = scores.Values.Sum();
            var tags = row.Id is null || Guid.TryParseExact(row.Id, "D", out _) ? row.Tags : new Dictionary<string, string>(row.Tags, StringComparer.OrdinalIgnoreCase) { ["id"] = row.Id };
            return new Prediction
            {
                Id = row.Id is { } own ? ContentId.Of(model.Id, own) : ContentId.Of(model.Id, imageId, row.Time, row.Label, row.Scores, row.Tags),
                ImageId = imageId,
                Path = imagePath,
                ModelId = model.Id,
                Label = row.Label,
                Confidence = confidence,
                // A model may answer by a rule of its own; then the highest score is not that of its answer.
                Margin = Math.Max(0, confidence - scores.Where(s => s.Key != row.Label).Max(s => s.Value)),
                Entropy = Math.Clamp(-scores.Values.Where(s => s > 0).Sum(s => s / sum * Math.Log(s / sum)) / Math.Log(scores.Count), 0, 1),
                Scores = scores,
                Tags = tags,
                Source = PredictionSource.Import,
                Time = row.Time ?? _written,
            };
        }

        static Feedback Report(Prediction p, LoggedFeedback said) => new()
        {
            Id = ContentId.Of(p.Id, said.Verdict!.Value, said.Label, said.Reason, said.Reporter, null),
            PredictionId = p.Id,
            ImageId = p.ImageId,
            Verdict = said.Verdict.Value,
            Label = said.Label,
            Reason = said.Reason,
            Reporter = said.Reporter ?? DatasetNames.User,
            Time = p.Time,
        };

        public PredictionImport Result(bool isNew, TimeSpan elapsed) => new()
        {
            Path = path,
            Model = model,
            NewModel = isNew,
            Added = Added,
            Known = _known,
            Failed = _failed,
            Images = _newImages.Count,
            WithoutImage = _withoutImage,
            Feedback = _feedback,
            Dataset = request.Dataset ?? PredictionOptions.Inbox,
            From = _from,
            To = _to,
            Elapsed = elapsed,
        };
    }
}

using Flywheel.Engine.Datasets;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Production;

/// <summary>
/// Predicts files, images and datasets, and records what it predicts: the image in the catalogue, the prediction with the model that made
/// it. Keeps the model loaded between calls, so that a pipeline can feed it piece by piece. Not for several threads at once.
/// </summary>
public sealed class PredictionService : IDisposable
{
    /// <summary>Predictions written in one transaction.</summary>
    const int WriteBatch = 500;

    readonly Workspace _workspace;
    readonly Model _model;
    readonly PredictionOptions _options;
    readonly TimeProvider _time;
    readonly RelayReporter _relay = new();
    readonly FileIdentifier _files;
    readonly HashSet<string> _members = new(StringComparer.Ordinal);
    readonly ScoringSession _session;
    ProgressMeter? _meter;

    /// <summary>Opens the model.</summary>
    /// <param name="workspace">Where to record; it must outlive this service.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">What to record.</param>
    /// <param name="reporter">Hears of trouble with the model's score files.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <exception cref="FlywheelException"><c>ModelIsExternal</c>, <c>InvalidDatasetName</c>.</exception>
    public PredictionService(Workspace workspace, Model model, PredictionOptions? options = null, IReporter? reporter = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ModelFolder.RequireNetwork(model);
        _workspace = workspace;
        _model = model;
        _files = new FileIdentifier(workspace);
        _options = options ?? new PredictionOptions();
        if (_options.Dataset is { } name) DatasetNames.Validate(name);
        _time = time ?? TimeProvider.System;
        _relay.Target = reporter ?? NullReporter.Instance;
        _session = new ScoringSession(workspace, model, _relay, _options.Store);
    }

    /// <summary>Predictions handed out so far.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Predicts picture files. One unknown to the catalogue is hashed, measured and added to it first. A file that is missing, damaged or
    /// no picture is a fault; the rest goes on.
    /// </summary>
    /// <param name="paths">Absolute paths; read as they are needed.</param>
    /// <param name="reporter">Gets faults and progress.</param>
    /// <param name="token">Obeyed between images.</param>
    public IEnumerable<Prediction> PredictFiles(IEnumerable<string> paths, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (var block in paths.Chunk(WriteBatch))
            foreach (var prediction in Predict(Identify(block, reporter, token), reporter, token)) yield return prediction;
    }

    /// <summary>Predicts images of the catalogue.</summary>
    /// <param name="images">Read as they are needed.</param>
    /// <param name="reporter">Gets faults and progress.</param>
    /// <param name="token">Obeyed between images.</param>
    public IEnumerable<Prediction> PredictImages(IEnumerable<FlywheelImage> images, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(images);
        foreach (var block in images.Chunk(WriteBatch))
        {
            if (_options is { Store: true, Dataset: { } dataset } && block.Any(i => !_members.Contains(i.Id)))
            {
                _workspace.Catalogue.AddMembers(dataset, [.. block.Select(i => i.Id).Distinct()]);
                foreach (var image in block) _members.Add(image.Id);
            }
            foreach (var prediction in Predict(block, reporter, token)) yield return prediction;
        }
    }

    IEnumerable<Prediction> Predict(IReadOnlyList<FlywheelImage> images, IReporter reporter, CancellationToken token)
    {
        _relay.Target = reporter;
        _meter ??= new ProgressMeter(_relay, $"Predicting with {_model.Name}", null, "images");
        var unwritten = new List<Prediction>();
        try
        {
            foreach (var scored in _session.Score(images, flip: false, reporter, token))
            {
                var prediction = scored.ToPrediction(_model, _time.GetUtcNow());
                unwritten.Add(prediction);
                Count++;
                _meter.Advance();
                yield return prediction;
            }
        }
        finally
        {
            // Also when the caller has enough: what was handed out is recorded.
            if (_options.Store) _workspace.Catalogue.AddPredictions(unwritten);
            _relay.Target = NullReporter.Instance;
        }
    }

    /// <summary>Ends the progress display and writes what was scored.</summary>
    public void Complete(IReporter reporter)
    {
        _relay.Target = reporter;
        _meter?.Dispose();
        _meter = null;
        _session.Flush();
        _relay.Target = NullReporter.Instance;
    }

    /// <summary>The catalogue's images behind files, in order; unknown files are added.</summary>
    List<FlywheelImage> Identify(string[] paths, IReporter reporter, CancellationToken token)
    {
        var files = _files.Identify(paths, (_, fault) => reporter.Fault(fault), token);
        var found = files.Where(f => f.Record is not null).Select(f => f.Record!).ToList();
        if (_options.Store)
        {
            var named = _options.Dataset;
            var add = named is not null ? found : [.. files.Where(f => f.IsNew).Select(f => f.Record!)];
            if (add.Count > 0) _workspace.Catalogue.AddImages(named ?? PredictionOptions.Inbox, add, "prediction");
        }
        var catalogued = found.Count == 0 ? [] : _workspace.Catalogue.Images(new ImageQuery { Ids = [.. found.Select(r => r.Id).Distinct()] }).ToDictionary(i => i.Id);
        // The path is the one that was asked for, wherever the catalogue saw these bytes first.
        return [.. found.Where(r => r.Measurement.Width > 0 || catalogued.ContainsKey(r.Id)).Select(r => catalogued.TryGetValue(r.Id, out var image) ? image with { Path = r.Path } : Uncatalogued(r))];
    }

    static FlywheelImage Uncatalogued(ImageRecord r) => new()
    {
        Id = r.Id,
        Path = r.Path,
        Format = r.Format,
        Bytes = r.Bytes,
        Width = r.Measurement.Width,
        Height = r.Measurement.Height,
        Brightness = r.Measurement.Brightness,
        Contrast = r.Measurement.Contrast,
        Sharpness = r.Measurement.Sharpness,
        Entropy = r.Measurement.Entropy,
        Colorfulness = r.Measurement.Colorfulness,
        PerceptualHash = r.Measurement.PerceptualHash,
    };

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>The meter lives as long as the service, the reporter only as long as a call.</summary>
    sealed class RelayReporter : IReporter
    {
        public IReporter Target { get; set; } = NullReporter.Instance;

        public void Progress(ProgressInfo progress) => Target.Progress(progress);

        public void Warning(string message) => Target.Warning(message);

        public void Information(string message) => Target.Information(message);

        public void Verbose(string message) => Target.Verbose(message);

        public void Fault(FlywheelException fault) => Target.Fault(fault);
    }
}

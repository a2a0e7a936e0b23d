using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Flywheel.Engine.Registry;
using Flywheel.Engine.Workspaces;
using Flywheel.Inference;
using Flywheel.Insight.Metrics;
using Flywheel.Learning.Augmentation;
using Flywheel.Learning.Backbones;
using Flywheel.Learning.Data;
using Flywheel.Learning.Export;
using Flywheel.Learning.Native;
using Flywheel.Learning.Networks;
using Flywheel.Learning.Training;

namespace Flywheel.Engine.Training;

/// <summary>Trains models on a workspace's datasets and registers them.</summary>
public static class TrainingService
{
    const int MaxEpochs = 1000, MaxDefaultThreads = 4;

    /// <summary>
    /// Trains, writes the model's folder and registers it. When the token is cancelled after at least one finished epoch, the best so far is
    /// written, registered and returned, marked as interrupted; before that, nothing is.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="request">What to train.</param>
    /// <param name="reporter">Gets progress, the expected time, the adaptation's verdict, and a fault for every image that cannot be read.</param>
    /// <param name="cancellationToken">Obeyed within a training step.</param>
    /// <exception cref="FlywheelException">
    /// <c>DatasetNotFound</c>, <c>DatasetNotSplit</c>, <c>TooFewLabels</c>, <c>LabelUnknown</c>, <c>LabelWithoutImages</c>, <c>NothingToAdaptTo</c>,
    /// <c>ModelNotFound</c>, <c>ModelChecksumMismatch</c>, <c>ModelWeightsMissing</c>, <c>ModelWeightsInvalid</c>, <c>TrainingOptionOutOfRange</c>,
    /// <c>TrainingOptionsConflict</c>, <c>TrainingTooLarge</c>, <c>BackboneMissing</c>, <c>BackboneInvalid</c>, <c>NativeLibraryUnavailable</c>,
    /// <c>TrainingDiverged</c>, <c>TrainingTimeTooShort</c>, <c>ExportParityFailed</c>, <c>ModelNotWritable</c>.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to keep.</exception>
    public static Model Train(Workspace workspace, TrainingRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var watch = Stopwatch.StartNew();
        using var backbone = OpenBackbone(request);
        var job = Prepare(workspace, request, backbone, reporter);
        if (backbone is null) TorchRuntime.Demand();
        var version = workspace.Catalogue.Snapshot(job.Images.Source.Name);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (request.MaxTime is { } longest) limit.CancelAfter(longest);
        try
        {
            return Work(workspace, request, job, backbone, version.Id, watch, reporter, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FlywheelException("TrainingTimeTooShort", FaultCategory.LimitsExceeded, $"In {request.MaxTime} not one epoch was finished; nothing was kept.", request.MaxTime, "Give more time, fewer images (-PerLabel) or a smaller preset.", inner: e);
        }
    }

    static Model Work(Workspace workspace, TrainingRequest request, Job job, OnnxBackbone? backbone, string version, Stopwatch watch, IReporter reporter, CancellationToken token)
    {
        var data = Load(job, request, reporter, token);
        var activity = $"Training {job.Name}";

        Model Card(string id) => new()
        {
            Id = id,
            Name = job.Name,
            Path = ModelFolder.PathOf(workspace, id),
            Labels = job.Images.Labels,
            Preprocessing = job.Preprocessing,
            Architecture = "",
            Preset = backbone is null ? request.Preset.ToString() : "Backbone",
            Seed = request.Seed,
            Threads = job.Threads,
            Dataset = job.Images.Source.Name,
            DatasetVersion = version,
            AdaptedTo = job.Images.Production?.Name,
            ParentId = job.Parent?.Id,
            Created = DateTimeOffset.UtcNow,
            Workspace = workspace.Root,
        };

        if (backbone is not null)
        {
            var head = BackboneTrainer.Train(backbone, request.Backbone!, data, request.Seed, activity, reporter, token);
            var architecture = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(request.Backbone)} (frozen) {job.Preprocessing.Width}×{job.Preprocessing.Height}, linear head on {head.FeatureLength:N0} features");
            var onnx = head.ToOnnx(backbone, job.Preprocessing, Metadata(job, request, version, architecture, head.Temperature));
            var parity = head.DemandParity(onnx, backbone, (data.Validation ?? data.Train).Pixels);
            return Register(workspace, Card(ModelFolder.IdOf(onnx)) with
            {
                Architecture = architecture,
                Temperature = head.Temperature,
                ParityError = parity,
                Validation = Judge(job, data, head.ValidationLogits, head.Temperature),
                TrainingTime = watch.Elapsed,
            }, onnx, null);
        }
        else
        {
            var trained = new ClassifierTrainer(data, job.Options!).Train(activity, reporter, token);
            var architecture = trained.Weights.Spec.Describe();
            var onnx = NetworkExport.ToOnnx(trained.Weights, trained.Temperature, Metadata(job, request, version, architecture, trained.Temperature));
            var parity = NetworkExport.DemandParity(onnx, trained.Weights, trained.Temperature, (data.Validation ?? data.Train).Pixels);
            return Register(workspace, Card(ModelFolder.IdOf(onnx)) with
            {
                Architecture = architecture,
                Temperature = trained.Temperature,
                ParityError = parity,
                Curve = trained.Curve,
                Adaptation = trained.Adaptation,
                Interrupted = trained.Interrupted,
                AdaptedTo = trained.Adaptation is { Kept: true } ? job.Images.Production?.Name : job.Parent?.AdaptedTo,
                Validation = Judge(job, data, trained.ValidationLogits, trained.Temperature),
                TrainingTime = watch.Elapsed,
            }, onnx, trained.Weights);
        }
    }

    /// <summary>What <see cref="Train"/> would do, and how long it would take on this machine. Writes nothing.</summary>
    /// <exception cref="FlywheelException">As <see cref="Train"/>.</exception>
    public static TrainingPlan Plan(Workspace workspace, TrainingRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        using var backbone = OpenBackbone(request);
        var job = Prepare(workspace, request, backbone, reporter);
        var i = job.Images;
        var plan = new TrainingPlan
        {
            Name = job.Name,
            Architecture = backbone is null ? job.Network!.Describe() : $"{Path.GetFileNameWithoutExtension(request.Backbone)} (frozen) {job.Preprocessing.Width}×{job.Preprocessing.Height} with a linear head",
            Labels = i.Labels,
            Preprocessing = job.Preprocessing,
            TrainingImages = i.Train.Count,
            ValidationImages = i.Validation.Count,
            TargetImages = i.Target.Count,
            UnlabeledImages = i.Unlabelled.Count,
            Stages = ["fit the head"],
            Threads = job.Threads,
        };
        if (backbone is not null)
        {
            const int sample = 8;
            var input = new float[sample * job.Preprocessing.Length];
            backbone.Extract(input, sample, job.Preprocessing.Width, job.Preprocessing.Height);
            var watch = Stopwatch.StartNew();
            backbone.Extract(input, sample, job.Preprocessing.Width, job.Preprocessing.Height);
            return plan with { Expected = watch.Elapsed / sample * (i.Train.Count + i.Target.Count + i.Validation.Count) };
        }
        // The same number of blank pictures takes as long as the real ones.
        PixelSet Blank(int count) => new(count, job.Preprocessing, PixelLoader.CacheSize(job.Preprocessing));
        LabelledPixels? BlankLabelled(IReadOnlyList<FlywheelImage> images) => images.Count == 0 ? null : new(Blank(images.Count), Truth(images, i.Labels));
        DemandRoom(job);
        var trainer = new ClassifierTrainer(new TrainingData
        {
            Labels = i.Labels,
            Train = BlankLabelled(i.Train)!,
            Target = BlankLabelled(i.Target),
            Unlabelled = i.Unlabelled.Count == 0 ? null : Blank(i.Unlabelled.Count),
        }, job.Options!);
        return plan with { Stages = trainer.Stages, Expected = trainer.Estimate(cancellationToken) };
    }

    sealed record Job(string Name, TrainingImages Images, ImagePreprocessing Preprocessing, NetworkSpec? Network, TrainerOptions? Options, Model? Parent, int Threads);

    static OnnxBackbone? OpenBackbone(TrainingRequest request)
    {
        if (request.Backbone is null) return null;
        if (request.From is not null || request.Unlabeled is not null)
            throw new FlywheelException("TrainingOptionsConflict", FaultCategory.InvalidArgument, "A frozen backbone can neither continue from a model (-From) nor adapt to unlabelled images (-Unlabeled).", request.Backbone, "Leave out -Backbone, or the others.");
        return OnnxBackbone.Load(request.Backbone, request.Threads);
    }

    static Job Prepare(Workspace workspace, TrainingRequest request, OnnxBackbone? backbone, IReporter reporter)
    {
        Demand(request.Epochs is null or >= 1 and <= MaxEpochs, "Epochs", request.Epochs, $"1..{MaxEpochs}");
        Demand(request.Threads is >= 0 and <= 256, "Threads", request.Threads, "0..256");
        Demand(request.PerLabel is null or >= 1, "PerLabel", request.PerLabel, "1 or more");
        Demand(request.MaxTime is null || request.MaxTime > TimeSpan.Zero, "MaxTime", request.MaxTime, "above zero");
        var threads = request.Threads > 0 ? request.Threads : Math.Min(Environment.ProcessorCount, MaxDefaultThreads);
        var parent = request.From is { } from ? workspace.GetModel(from) : null;
        NetworkWeights? start = null;
        if (parent is not null)
        {
            ModelFolder.Verify(parent);
            start = NetworkWeights.Load(Path.Combine(parent.Path, ModelFolder.WeightsName));
        }
        var images = TrainingImages.Collect(workspace, request, parent, reporter);
        var name = request.Name is { } given ? RegistryNames.DemandModel(workspace, given) : FreeName(workspace, images.Source.Name, backbone is null ? request.Preset.ToString() : Path.GetFileNameWithoutExtension(request.Backbone!));
        if (backbone is not null)
            return new Job(name, images, BackboneTrainer.PreprocessingFor(backbone, InputRule.ChooseForBackbone(images.Train)), null, null, null, threads);

        var settings = PresetSettings.Of(request.Preset);
        var mirror = request.Augmentation != TrainingAugmentation.None;
        var preprocessing = parent?.Preprocessing ?? InputRule.Choose(images.Train, images.Unlabelled.Concat(images.Target), settings.MaxInput);
        var network = start?.Spec ?? new NetworkSpec(preprocessing.Width, preprocessing.Channels, settings.Width, settings.ConvolutionsPerStage, images.Labels.Count, settings.MirrorAveraging && mirror);
        var source = request.Augmentation switch
        {
            TrainingAugmentation.Robust => AugmentationSettings.Robust,
            TrainingAugmentation.Flip => AugmentationSettings.Plain,
            _ => AugmentationSettings.Plain with { Mirror = false },
        };
        var options = new TrainerOptions
        {
            Network = network,
            Epochs = start is null ? request.Epochs ?? settings.Epochs : settings.Epochs,
            AdaptEpochs = start is not null ? request.Epochs ?? settings.AdaptEpochs : settings.AdaptEpochs,
            Start = start,
            Source = source,
            Target = request.Augmentation == TrainingAugmentation.Robust ? AugmentationSettings.Target : source,
            Seed = request.Seed,
            Threads = threads,
        };
        return new Job(name, images, preprocessing, network, options, parent, threads);

        static void Demand(bool holds, string option, object? value, string range)
        {
            if (!holds) throw new FlywheelException("TrainingOptionOutOfRange", FaultCategory.InvalidArgument, $"{option} is {value}; allowed is {range}.", value, $"Give {option} in {range}.");
        }
    }

    static string FreeName(Workspace workspace, string dataset, string kind)
    {
        var taken = workspace.Catalogue.Models().Select(m => m.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var stem = $"{dataset}-{kind.ToLowerInvariant()}";
        for (var n = 1; ; n++)
        {
            var name = $"{stem}-{n.ToString(CultureInfo.InvariantCulture)}";
            if (!taken.Contains(name)) return name;
        }
    }

    static int[] Truth(IReadOnlyList<FlywheelImage> images, IReadOnlyList<string> labels)
    {
        var index = labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i, StringComparer.Ordinal);
        return [.. images.Select(i => index[i.Label!])];
    }

    static void DemandRoom(Job job)
    {
        var side = PixelLoader.CacheSize(job.Preprocessing);
        var each = Math.Max((long)side * side * job.Preprocessing.Channels, job.Preprocessing.Length);
        var most = new[] { job.Images.Train.Count + job.Images.Target.Count, job.Images.Unlabelled.Count, job.Images.Validation.Count }.Max();
        if (each * most > Array.MaxLength)
            throw new FlywheelException("TrainingTooLarge", FaultCategory.LimitsExceeded, $"{most:N0} images of {job.Preprocessing.Width}×{job.Preprocessing.Height} pixels do not fit into memory; about {Array.MaxLength / each:N0} do.", most,
                "Train on fewer images per label (-PerLabel) or with a smaller preset.");
    }

    static TrainingData Load(Job job, TrainingRequest request, IReporter reporter, CancellationToken token)
    {
        DemandRoom(job);
        var i = job.Images;
        var train = Labelled(i.Train, "training images") ?? throw Empty("training", i.Source.Name);
        for (var c = 0; c < i.Labels.Count; c++)
            if (!train.Data.Labels.Contains(c)) throw Empty($"'{i.Labels[c]}' training", i.Source.Name);
        var target = Labelled(i.Target, "labelled production images");
        LabelledPixels? sample = null;
        if (target is { } t && request.RandomSample.Count > 0)
        {
            var random = request.RandomSample.ToHashSet(StringComparer.Ordinal);
            int[] drawn = [.. Enumerable.Range(0, t.Images.Count).Where(k => random.Contains(t.Images[k].Id) && t.Images[k].Provenance != AnnotationProvenance.Auto)];
            if (drawn.Length > 0) sample = new LabelledPixels(t.Data.Pixels.Take(drawn), [.. drawn.Select(k => t.Data.Labels[k])]);
        }
        var validation = Labelled(i.Validation, "validation images");
        var audited = Labelled([.. i.Audited.Select(a => a.Image)], "audited production images");
        var weights = i.Audited.ToDictionary(a => a.Image.Id, a => a.Weight, StringComparer.Ordinal);
        return new TrainingData
        {
            Labels = i.Labels,
            Train = train.Data,
            Validation = validation?.Data,
            ValidationGroups = validation is { } judged && i.Source.GroupBy is { } tag ? Groups(judged.Images, tag) : null,
            Target = target?.Data,
            Unlabelled = i.Unlabelled.Count == 0 ? null : Read(i.Unlabelled, "unlabelled images").Pixels,
            RandomSample = sample,
            Audited = audited?.Data,
            AuditWeights = audited is { } judges ? [.. judges.Images.Select(x => weights[x.Id])] : [],
        };

        (PixelSet Pixels, IReadOnlyList<int> Kept) Read(IReadOnlyList<FlywheelImage> images, string what) =>
            PixelLoader.Load([.. images.Select(x => x.Path)], job.Preprocessing, $"Reading {what}", reporter, token);

        (LabelledPixels Data, IReadOnlyList<FlywheelImage> Images)? Labelled(IReadOnlyList<FlywheelImage> images, string what)
        {
            if (images.Count == 0) return null;
            var (pixels, kept) = Read(images, what);
            if (pixels.Count == 0) return null;
            FlywheelImage[] read = [.. kept.Select(k => images[k])];
            return (new LabelledPixels(pixels, Truth(read, i.Labels)), read);
        }

        static int[] Groups(IReadOnlyList<FlywheelImage> images, string tag)
        {
            var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
            return [.. images.Select(x => x.Tags.GetValueOrDefault(tag) ?? x.Id).Select(g => numbers.TryAdd(g, numbers.Count) ? numbers.Count - 1 : numbers[g])];
        }

        static FlywheelException Empty(string what, string dataset) =>
            new("TrainingImagesUnreadable", FaultCategory.ReadError, $"None of the {what} images of '{dataset}' can be read.", dataset, "See the faults reported for the files; import the images again from where they are now.");
    }

    static Dictionary<string, string> Metadata(Job job, TrainingRequest request, string version, string architecture, double temperature) => new(StringComparer.Ordinal)
    {
        [ModelMetadata.LabelsKey] = ModelMetadata.WriteLabels(job.Images.Labels),
        [ModelMetadata.PreprocessingKey] = ModelMetadata.WritePreprocessing(job.Preprocessing),
        [ModelMetadata.DatasetVersionKey] = version,
        // Nothing here that differs between two runs of the same training: no name, no time.
        [ModelMetadata.ModelKey] = JsonSerializer.Serialize(new
        {
            preset = request.Backbone is null ? request.Preset.ToString() : "Backbone",
            architecture,
            dataset = job.Images.Source.Name,
            adaptedTo = job.Images.Production?.Name,
            parent = job.Parent?.Id,
            augmentation = request.Augmentation.ToString(),
            seed = request.Seed,
            threads = job.Threads,
            temperature = Math.Round(temperature, 6),
        }),
    };

    static Metric? Judge(Job job, TrainingData data, float[]? logits, double temperature)
    {
        if (logits is null || data.Validation is not { } v) return null;
        var classes = job.Images.Labels.Count;
        var probabilities = new float[logits.Length];
        for (var i = 0; i < logits.Length; i += classes)
        {
            double max = double.NegativeInfinity, sum = 0;
            for (var c = 0; c < classes; c++) max = Math.Max(max, logits[i + c]);
            for (var c = 0; c < classes; c++) sum += Math.Exp((logits[i + c] - max) / temperature);
            for (var c = 0; c < classes; c++) probabilities[i + c] = (float)(Math.Exp((logits[i + c] - max) / temperature) / sum);
        }
        return ClassificationMetrics.Compute(job.Images.Labels, [.. v.Labels], probabilities, data.ValidationGroups is { } groups ? [.. groups] : null, new MetricOptions { Resamples = 500 }).BalancedAccuracy;
    }

    // The same training under another name is one folder with two names.
    static Model Register(Workspace workspace, Model model, byte[] onnx, NetworkWeights? weights)
    {
        ModelFolder.Write(workspace, model, onnx, weights);
        workspace.Catalogue.AddModel(model);
        return model;
    }
}

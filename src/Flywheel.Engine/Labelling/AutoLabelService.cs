using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Engine.Production;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;
using Flywheel.Inference;
using Flywheel.Insight.AutoLabelling;
using Flywheel.Insight.Metrics;
using Flywheel.Learning.Backbones;
using Flywheel.Learning.Data;
using Flywheel.Learning.Labelling;
using Flywheel.Learning.Networks;
using Flywheel.Learning.Training;

namespace Flywheel.Engine.Labelling;

/// <summary>
/// Labels by machine what a machine can be proven to label well enough. Models are cross-fitted on the labels of people, so that each of these is
/// judged by a model that never saw it; their count proves how precise the surest answers are (<see cref="ThresholdCertifier"/>).
/// </summary>
public static class AutoLabelService
{
    /// <summary>Kind of the stored reports.</summary>
    public const string ReportKind = "autolabel";

    /// <summary>Author of automatic labels in the ledger.</summary>
    public const string Author = "auto-label";

    const int Folds = 5, LeastPerLabel = 5, MaxThreads = 4;

    static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a label nothing is said of has no threshold
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Labels, or says what it would label.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="request">Dataset and promise.</param>
    /// <param name="reporter">Gets progress, warnings, and faults of images that cannot be read.</param>
    /// <param name="token">Obeyed within a training step; nothing is written before the end.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <exception cref="FlywheelException">
    /// <c>PrecisionNotReachable</c>, with the number of labels needed; <c>LabelsNotRandom</c>; <c>TooFewLabels</c>; <c>NothingToLabel</c>; <c>AutoLabelOptionOutOfRange</c>;
    /// <c>AutoLabelOptionsConflict</c>; <c>DatasetNotFound</c>, <c>ModelNotFound</c>, <c>LabelUnknown</c>; what loading a model, a backbone or Torch raises.
    /// </exception>
    public static AutoLabelResult Run(Workspace workspace, AutoLabelRequest request, IReporter reporter, CancellationToken token, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var watch = Stopwatch.StartNew();
        Demand(request.Precision is > 0.5 and < 1, "Precision", request.Precision, "above 0.5 and below 1");
        Demand(request.Confidence is >= 0.5 and < 1, "Confidence", request.Confidence, "0.5 or more and below 1");
        Demand(request.Audit >= 0, "Audit", request.Audit, "0 or more");
        Demand(request.Epochs is >= 1 and <= 1000, "Epochs", request.Epochs, "1..1000");
        Demand(request.Threads is >= 0 and <= 256, "Threads", request.Threads, "0..256");
        if (request is { Model: not null, Backbone: not null })
            throw new FlywheelException("AutoLabelOptionsConflict", FaultCategory.InvalidArgument, "A model to start from and a backbone exclude each other.", request.Backbone, "Leave out -Model or -Backbone.");
        var model = request.Model is { } key ? workspace.GetModel(key) : null;
        var pool = LabelPool.Of(workspace, request.Dataset, model);
        DemandLabels(pool, pool.Labelled);
        if (!pool.Open.Any(i => i.Label is null))
            throw new FlywheelException("NothingToLabel", FaultCategory.InvalidOperation, $"Every image of '{pool.Dataset.Name}' outside validation and test has a label.", pool.Dataset.Name, "Import more images.");

        var certifying = Divide(workspace, pool, request, reporter, token);
        DemandLabels(pool, certifying);

        // Too few labels for any share, whatever the answers: the quick head's answers tell how many will do.
        if (ThresholdCertifier.Start(certifying.Count, request.Precision, request.Confidence) is null)
            throw Refusal(pool, request, QuickCertification(workspace, pool, certifying, request, reporter, token), quick: true);

        var judges = certifying.Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        var (judged, fit, learner, open) = Fit(workspace, pool, model, request, reporter, token);
        var answers = SurestAnswers.From(pool.Truth(judged), fit.Folds, fit.Labelled, fit.Pool, pool.Labels.Count, [.. judged.Select(i => judges.Contains(i.Id))]);
        var proof = ThresholdCertifier.Certify(answers.Certifying, pool.Labels.Count, request.Precision, request.Confidence, answers.Others, open.Count);
        if (proof.RandomnessP < ThresholdCertifier.NotRandom)
            throw new FlywheelException("LabelsNotRandom", FaultCategory.InvalidOperation,
                string.Create(CultureInfo.InvariantCulture, $"The labelled images of '{pool.Dataset.Name}' are not like the others: the models are sure of them to another degree (p {proof.RandomnessP:0.0e0}). Labels of chosen images prove nothing of those nobody chose."), pool.Dataset.Name,
                "Label images drawn at random (Select-FlywheelImage -Strategy Random), and name the chosen ones with -Chosen: they teach but do not certify.");
        if (proof.Accepted is not { } accepted) throw Refusal(pool, request, proof, quick: false);

        int[] taken = [.. answers.Surest(accepted.Share)], rest = [.. answers.Order.Skip(taken.Length)];
        var count = taken.Length;
        var probabilities = Probabilities(fit, pool.Labels.Count);
        var classes = pool.Labels.Select((label, c) =>
        {
            var own = taken.Where(i => answers.Predicted[i] == c).ToList();
            var step = proof.Classes[c];
            return new AutoLabelClass(label, own.Count == 0 ? double.NaN : own.Min(i => probabilities[i]), own.Count, step.Labels, step.Errors, step.Bound);
        }).ToList();
        int[] fresh = [.. taken.Where(i => open[i].Label is null)];
        var random = new SeededRandom(request.Seed, 77);
        var now = (time ?? TimeProvider.System).GetUtcNow();
        List<FlywheelImage> left = [.. rest.Where(i => open[i].Label is null).Select(i => open[i])];
        double[] sureness = [.. rest.Where(i => open[i].Label is null).Select(i => answers.Sureness[i])];
        var right = answers.Certifying.Count(c => c.Right);
        var (low, high) = Intervals.Wilson(right, proof.Labels);
        var result = new AutoLabelResult
        {
            Id = Guid.CreateVersion7(now).ToString(),
            Dataset = pool.Dataset.Name,
            Time = now,
            Precision = request.Precision,
            Confidence = request.Confidence,
            Learner = learner,
            Seed = request.Seed,
            Labels = proof.Labels,
            Accuracy = new Metric("accuracy", right / (double)proof.Labels, low, high, proof.Labels, "Wilson"),
            Images = open.Count,
            Accepted = count,
            Tested = accepted.Labels,
            Errors = accepted.Errors,
            Bound = accepted.Bound,
            ExpectedErrors = count * (accepted.Errors / (double)accepted.Labels),
            Classes = classes,
            Written = request.Apply ? fresh.Length : 0,
            Applied = request.Apply,
            Rest = [.. QueueOrder.LeastSureFirst(sureness, [.. left.Select(i => i.PerceptualHash)]).Select(i => left[i].Id)],
            Picks = [.. random.Sample(fresh.Length, request.Audit).Select(k => new AutoLabelPick(open[fresh[k]].Id, pool.Labels[answers.Predicted[fresh[k]]]))],
            Warnings = Warnings(pool, classes, request.Precision),
            Workspace = workspace.Root,
        };
        foreach (var warning in result.Warnings) reporter.Warning(warning);
        token.ThrowIfCancellationRequested();
        if (!request.Apply) return result with { Picks = [], Duration = watch.Elapsed };

        if (result.Picks.Count > 0) result = result with { AuditQueue = FreeQueue(workspace, pool.Dataset.Name) };
        result = result with { Duration = watch.Elapsed };
        workspace.Catalogue.Annotate([.. fresh.Select(i => new AnnotationChange(open[i].Id, pool.Labels[answers.Predicted[i]], AnnotationProvenance.Auto, Author, $"{Author} {result.Id}"))]);
        // Blind: who checks does not see what the machine said.
        if (result.AuditQueue is { } queue)
            workspace.Catalogue.AddQueue(new LabelQueue { Name = queue, Labels = pool.Labels, Dataset = pool.Dataset.Name, Author = Author }, [.. result.Picks.Select(p => new QueueItem { ImageId = p.ImageId })]);
        workspace.Catalogue.AddReport(new StoredReport(result.Id, ReportKind, model?.Id, now, JsonSerializer.Serialize(result with { Rest = [] }, s_json)));
        return result;
    }

    /// <summary>Earlier runs, oldest first, with what people have said since of the labels drawn for audit.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="dataset">Only of this dataset; null for all.</param>
    public static IReadOnlyList<AutoLabelResult> Results(Workspace workspace, string? dataset = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return [.. workspace.Catalogue.Reports(ReportKind).Select(r => Read(r))
            .Where(r => dataset is null || string.Equals(r.Dataset, dataset, StringComparison.OrdinalIgnoreCase))
            .Select(r => r with { Workspace = workspace.Root, Audit = Audited(workspace, r) })];
    }

    // The first thing people said after the machine; what an import says later counts as theirs.
    static AutoLabelAudit Audited(Workspace workspace, AutoLabelResult run)
    {
        int answered = 0, errors = 0;
        foreach (var pick in run.Picks)
        {
            var said = workspace.Catalogue.Annotations(pick.ImageId).SkipWhile(a => a.Source != $"{Author} {run.Id}").Skip(1)
                .LastOrDefault(a => a is { Part: AnnotationPart.Label, NewLabel: not null, Provenance: not AnnotationProvenance.Auto });
            if (said is null) continue;
            answered++;
            if (said.NewLabel != pick.Label) errors++;
        }
        var right = answered - errors;
        var precision = answered == 0
            ? new Metric("precision", double.NaN, double.NaN, double.NaN, 0, "ClopperPearson")
            : new Metric("precision", right / (double)answered, ClopperPearson.Lower(right, answered, 0.975), ClopperPearson.Upper(right, answered, 0.975), answered, "ClopperPearson");
        return new AutoLabelAudit(run.Picks.Count, answered, errors, precision);
    }

    static (IReadOnlyList<FlywheelImage> Judged, CrossFit Fit, string Learner, IReadOnlyList<FlywheelImage> Open) Fit(
        Workspace workspace, LabelPool pool, Model? model, AutoLabelRequest request, IReporter reporter, CancellationToken token)
    {
        var activity = $"Learning {pool.Dataset.Name} from {pool.Labelled.Count:N0} labels";
        var threads = request.Threads > 0 ? request.Threads : Math.Min(Environment.ProcessorCount, MaxThreads);
        if (request.Backbone is { } path)
        {
            using var backbone = OnnxBackbone.Load(path, request.Threads);
            var (sets, images) = Load(BackboneTrainer.PreprocessingFor(backbone, InputRule.ChooseForBackbone(pool.Labelled)));
            float[][] features = [.. sets.Select(s => CrossFitter.Features(backbone, s, "Looking at images", reporter, token))];
            return (images[0], CrossFitter.FitHead(features[0], pool.Truth(images[0]), features[1], pool.Labels.Count, Folds, request.Seed, token), $"linear head on {Path.GetFileNameWithoutExtension(path)}", images[1]);
        }
        var weights = model is { IsExternal: false } && Path.Combine(model.Path, ModelFolder.WeightsName) is var file && File.Exists(file) ? NetworkWeights.Load(file) : null;
        if (model is not null && weights is null)
        {
            // A network that cannot be trained on: its embeddings serve as features.
            using var session = new ScoringSession(workspace, model, reporter);
            List<ScoredImage>[] scored = [.. new[] { pool.Labelled, pool.Open }.Select(i => session.ScoreAll(i, false, $"Scoring {pool.Dataset.Name}", reporter, token).ToList())];
            DemandLabels(pool, [.. scored[0].Select(s => s.Image)]);
            if (scored[0][0].Embedding.Length == 0)
                throw new FlywheelException("EmbeddingsRequired", FaultCategory.InvalidOperation, $"The model '{model.Name}' gives no embeddings to learn from.", model.Name, "Start from a trained model, give -Backbone, or start without a model.");
            float[][] features = [.. scored.Select(s => s.SelectMany(x => x.Embedding).ToArray())];
            return ([.. scored[0].Select(s => s.Image)], CrossFitter.FitHead(features[0], pool.Truth(scored[0].Select(s => s.Image)), features[1], pool.Labels.Count, Folds, request.Seed, token),
                $"linear head on {model.Name}", [.. scored[1].Select(s => s.Image)]);
        }
        if (model is not null) ModelFolder.Verify(model);
        var settings = PresetSettings.Of(TrainingPreset.Balanced);
        var input = InputRule.Choose(pool.Labelled, pool.Open, settings.MaxInput);
        var network = new NetworkSpec(input.Width, input.Channels, settings.Width, settings.ConvolutionsPerStage, pool.Labels.Count, settings.MirrorAveraging);
        if (weights is not null)
        {
            // The layers take any input's size; a model of smaller pictures may look at these in more detail than at its own.
            var size = weights.Spec.InputSize < 64 && network.InputSize < 64 ? Math.Max(weights.Spec.InputSize, network.InputSize) : weights.Spec.InputSize;
            network = weights.Spec with { InputSize = size, MirrorAveraging = network.MirrorAveraging };
            input = ImagePreprocessing.Raw(size, size, network.Channels);
        }
        var (pixels, kept) = Load(input);
        var fit = CrossFitter.Fit(new LabelledPixels(pixels[0], pool.Truth(kept[0])), pixels[1],
            new CrossFitOptions { Network = network, Start = weights, Folds = Folds, Epochs = request.Epochs, Seed = request.Seed, Threads = threads }, activity, reporter, token);
        return (kept[0], fit, network.Describe() + (model is null ? "" : $", from {model.Name}"), kept[1]);

        (PixelSet[] Sets, IReadOnlyList<FlywheelImage>[] Images) Load(ImagePreprocessing preprocessing)
        {
            var side = PixelLoader.CacheSize(preprocessing);
            var each = Math.Max((long)side * side * preprocessing.Channels, preprocessing.Length);
            if (each * pool.Open.Count > Array.MaxLength)
                throw new FlywheelException("AutoLabelTooLarge", FaultCategory.LimitsExceeded, $"{pool.Open.Count:N0} images of {preprocessing.Width}×{preprocessing.Height} pixels do not fit into memory; about {Array.MaxLength / each:N0} do.", pool.Open.Count, "Label in parts: make smaller datasets.");
            List<PixelSet> sets = [];
            List<IReadOnlyList<FlywheelImage>> images = [];
            foreach (var part in new[] { pool.Labelled, pool.Open })
            {
                var (set, at) = PixelLoader.Load([.. part.Select(i => i.Path)], preprocessing, $"Reading {pool.Dataset.Name}", reporter, token);
                sets.Add(set);
                images.Add([.. at.Select(k => part[k])]);
            }
            DemandLabels(pool, images[0]);
            return ([.. sets], [.. images]);
        }
    }

    // Labels of images that nobody chose certify; the others only teach. Chosen are those the caller names, and whatever people labelled after an earlier
    // run: its audit and what it left over. If the rest does not look drawn at random either, as after labelling in the assistant's order, the images
    // that come first in the dataset's own random order are a random sample all the same.
    static List<FlywheelImage> Divide(Workspace workspace, LabelPool pool, AutoLabelRequest request, IReporter reporter, CancellationToken token)
    {
        var chosen = request.Chosen.ToHashSet(StringComparer.Ordinal);
        if (workspace.Catalogue.Reports(ReportKind).Select(Read).Where(r => string.Equals(r.Dataset, pool.Dataset.Name, StringComparison.OrdinalIgnoreCase)).Select(r => (DateTimeOffset?)r.Time).Min() is { } first)
        {
            var before = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in workspace.Catalogue.Annotations())
                if (entry is { Part: AnnotationPart.Label, NewLabel: not null, Provenance: not AnnotationProvenance.Auto } && entry.Time <= first) before.Add(entry.ImageId);
            chosen.UnionWith(pool.Labelled.Where(i => !before.Contains(i.Id)).Select(i => i.Id));
        }
        List<FlywheelImage> certifying = [.. pool.Labelled.Where(i => !chosen.Contains(i.Id))];
        if (request.Chosen.Count == 0 && certifying.Count >= LeastPerLabel && certifying.Select(i => i.Label).Distinct().Count() == pool.Labels.Count)
        {
            var assistant = LabelAssistant.Open(workspace, new LabelAssistantRequest { Dataset = pool.Dataset.Name, Model = request.Model, Seed = request.Seed }, reporter, token);
            if (ThresholdCertifier.Certify(assistant.Certifying(pool, certifying.Select(i => i.Id).ToHashSet(StringComparer.Ordinal), token), pool.Labels.Count, request.Precision, request.Confidence).RandomnessP < ThresholdCertifier.NotRandom)
            {
                HashSet<string> drawn = [.. RandomDraw.Sample(pool.Labelled, pool.Open).Select(i => i.Id)];
                reporter.Information($"{drawn.Count:N0} of the {certifying.Count:N0} labels certify: those that come first in the dataset's random order. The others were chosen for what they show, and teach.");
                certifying.RemoveAll(i => !drawn.Contains(i.Id));
            }
        }
        return certifying;
    }

    static AutoLabelResult Read(StoredReport report) => JsonSerializer.Deserialize<AutoLabelResult>(report.Json, s_json)!;

    static Certification QuickCertification(Workspace workspace, LabelPool pool, List<FlywheelImage> certifying, AutoLabelRequest request, IReporter reporter, CancellationToken token)
    {
        var assistant = LabelAssistant.Open(workspace, new LabelAssistantRequest { Dataset = pool.Dataset.Name, Seed = request.Seed }, reporter, token);
        return ThresholdCertifier.Certify(assistant.Certifying(pool, certifying.Select(i => i.Id).ToHashSet(StringComparer.Ordinal), token), pool.Labels.Count, request.Precision, request.Confidence);
    }

    static FlywheelException Refusal(LabelPool pool, AutoLabelRequest request, Certification proof, bool quick)
    {
        var c = CultureInfo.InvariantCulture;
        var promise = string.Create(c, $"a precision of {request.Precision:0.####} at {request.Confidence:P0} confidence");
        var why = proof.Steps.Count == 0
            ? string.Create(c, $"the {proof.Labels:N0} labels of people are too few to prove it: {proof.FewestLabels:N0} among the accepted answers are needed even if not one is wrong")
            : string.Create(c, $"of the {proof.Labels:N0} labels of people, {proof.Steps[^1].Labels:N0} are among the surest {proof.Steps[^1].Share:P0}, {proof.Steps[^1].Errors:N0} of them wrong, which proves {proof.Steps[^1].Bound:0.000}");
        var least = Math.Max(0, proof.FewestLabels - proof.Labels);
        var need = least > 0 ? string.Create(c, $" At least {least:N0} labels more are needed, {proof.FewestLabels:N0} in all.") : "";
        string advice;
        if (proof.LabelsNeeded is { } total)
        {
            var more = total - proof.Labels;
            need += string.Create(c, $" About {more:N0} more, {total:N0} in all, would do for the surest {proof.ShareThen:P0} if the {(quick ? "assistant's quick head" : "models")} went on erring as {(quick ? "it does; trained networks err less" : "they do; with more labels they will err less")}.");
            advice = string.Create(c, $"Label more images drawn at random (Select-FlywheelImage {pool.Dataset.Name} -Strategy Random -Budget {(least > 0 ? least : more)}) and ask again, or ask for less: -Precision.");
        }
        else
        {
            if (least == 0) need = " At the present rate of errors no number of labels would do.";
            advice = string.Create(c, $"Start from a better model (-Model), label more images drawn at random so that it learns{(least > 0 ? $" (Select-FlywheelImage {pool.Dataset.Name} -Strategy Random -Budget {least})" : "")}, or ask for less: -Precision.");
        }
        return new FlywheelException("PrecisionNotReachable", FaultCategory.InvalidOperation, $"'{pool.Dataset.Name}' cannot be labelled automatically with {promise}: {why}.{need}", proof.LabelsNeeded ?? proof.FewestLabels, advice);
    }

    static void DemandLabels(LabelPool pool, IReadOnlyList<FlywheelImage> certifying)
    {
        var counts = certifying.CountBy(i => i.Label!).ToDictionary(StringComparer.Ordinal);
        if (counts.Count >= 2 && counts.Values.All(n => n >= LeastPerLabel)) return;
        var few = counts.Where(p => p.Value < LeastPerLabel).Select(p => $"{p.Key} {p.Value}").ToList();
        throw new FlywheelException("TooFewLabels", FaultCategory.InvalidOperation,
            counts.Count < 2 ? $"The images of '{pool.Dataset.Name}' that people labelled have {counts.Count} label{(counts.Count == 1 ? "" : "s")}; at least two are needed." : $"Each label of '{pool.Dataset.Name}' needs at least {LeastPerLabel} images that people labelled; there are {string.Join(", ", few)}.",
            pool.Dataset.Name, $"Label images drawn at random first: Select-FlywheelImage {pool.Dataset.Name} -Strategy Random -Budget 120");
    }

    static List<string> Warnings(LabelPool pool, IReadOnlyList<AutoLabelClass> classes, double precision)
    {
        var c = CultureInfo.InvariantCulture;
        var warnings = new List<string>();
        foreach (var label in classes)
        {
            if (label.Images == 0) warnings.Add($"No image gets the label '{label.Label}': no answer is sure enough.");
            else if (label.Tested == 0 || 1 - label.Errors / (double)label.Tested < precision)
                warnings.Add(string.Create(c, $"The promise is about all labels together; '{label.Label}' alone is {(label.Tested == 0 ? "unproven" : $"proven to {label.Bound:0.000} ({label.Errors} of {label.Tested} wrong)")}."));
        }
        if (pool.Dataset.GroupBy is { } tag)
        {
            var known = pool.Labelled.Select(i => i.Tags.GetValueOrDefault(tag)).ToHashSet();
            var strange = pool.Open.Where(i => i.Tags.GetValueOrDefault(tag) is { } value && !known.Contains(value)).ToList();
            if (strange.Count > 0)
                warnings.Add(string.Create(c, $"{strange.Count:N0} of {pool.Open.Count:N0} images have a {tag} of which no image is labelled ({strange.Select(i => i.Tags[tag]).Distinct().Count():N0}). If these could not have been drawn for labelling, nothing is proven of them."));
        }
        return warnings;
    }

    static double[] Probabilities(CrossFit fit, int classes)
    {
        var n = fit.Pool[0].Length / classes;
        var best = new double[n];
        for (var i = 0; i < n; i++)
        {
            var mean = new double[classes];
            foreach (var logits in fit.Pool)
                for (var k = 0; k < classes; k++) mean[k] += logits[i * classes + k] / fit.Pool.Count;
            var most = mean.Max();
            best[i] = 1 / mean.Sum(v => Math.Exp(v - most));
        }
        return best;
    }

    static string FreeQueue(Workspace workspace, string dataset)
    {
        for (var n = 1; ; n++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{dataset}-auto-audit-{n}");
            if (workspace.Catalogue.FindQueue(name) is null) return name;
        }
    }

    static void Demand(bool holds, string option, object? value, string range)
    {
        if (!holds) throw new FlywheelException("AutoLabelOptionOutOfRange", FaultCategory.InvalidArgument, $"{option} is {value}; allowed is {range}.", value, $"Give {option} in {range}.");
    }
}

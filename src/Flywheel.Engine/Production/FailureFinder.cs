using System.Globalization;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Insight.Clustering;
using Flywheel.Insight.Suspicion;

namespace Flywheel.Engine.Production;

/// <summary>
/// Finds predictions that are wrong, by a known label or by what their users report, and suspicious ones where nobody has said: by calibrated
/// confidence, on the picture and on variations of it, by distance from training, and by disagreement with a second model.
/// </summary>
public static class FailureFinder
{
    /// <summary>Finds failures: known ones first, the most confident error first; then suspected ones by suspicion. Grouped by appearance.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model whose failures they are.</param>
    /// <param name="query">What to look for.</param>
    /// <param name="reporter">Gets progress and faults.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>; <c>NoPredictions</c>; <c>ChallengerIsModel</c>; <c>ContactSheetNotWritable</c>; what loading the model raises.</exception>
    public static IReadOnlyList<Failure> Find(Workspace workspace, Model model, FailureQuery query, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(reporter);
        if (query.Challenger?.Id == model.Id)
            throw new FlywheelException("ChallengerIsModel", FaultCategory.InvalidArgument, $"The model '{model.Name}' cannot disagree with itself.", query.Challenger.Name, "Name another model with -Challenger.");
        if (query.Dataset is { } name && workspace.GetDataset(name) is var dataset && !model.IsExternal) Complete(workspace, model, dataset, reporter, token);

        var predictions = workspace.Catalogue.Predictions(new PredictionQuery { ModelId = model.Id, Dataset = query.Dataset, Since = query.Since }).ToList();
        if (predictions.Count == 0)
        {
            if (query.Dataset is not null && !model.IsExternal) return [];
            throw new FlywheelException("NoPredictions", FaultCategory.InvalidOperation, $"The model '{model.Name}' has no stored predictions{(query.Dataset is null ? "" : $" in '{query.Dataset}'")}{(query.Since is null ? "" : " since then")}.", model.Name,
                model.IsExternal ? "Bring in its log with Import-FlywheelPrediction." : "Predict something with Invoke-FlywheelPrediction, or name a dataset with -Dataset.");
        }
        var wrong = query.Known ? predictions.Where(p => p.Correct == false).OrderByDescending(p => p.Confidence).ThenBy(p => p.ImageId, StringComparer.Ordinal).ToList() : [];
        var open = query.Suspected ? predictions.Where(p => p.Correct is null).ToList() : [];
        token.ThrowIfCancellationRequested();

        var found = wrong.Take(query.First).Select(p => new Found(p, true, 1, KnownReason(model, p))).ToList();
        if (found.Count < query.First && open.Count > 0)
        {
            found.AddRange(Suspect(workspace, model, open, query, reporter, token)
                .Where(f => f.Score >= query.MinScore).OrderByDescending(f => f.Score).ThenBy(f => f.Prediction.ImageId, StringComparer.Ordinal).Take(query.First - found.Count));
        }

        var images = ImagesOf(workspace, found.Select(f => f.Prediction));
        var groups = Groups(workspace, model, [.. found.Select(f => images[f.Prediction.ImageId])], query.Seed, reporter, token);
        var failures = found.Select((f, at) => new Failure
        {
            Rank = at + 1,
            Image = images[f.Prediction.ImageId],
            Prediction = f.Prediction,
            Known = f.Known,
            Score = f.Score,
            Reason = f.Reason,
            Group = groups.GetValueOrDefault(f.Prediction.ImageId),
        }).ToList();
        if (query.ContactSheet is { } sheet) SaveSheet(sheet, failures, $"{model.Name}: {wrong.Count:N0} known wrong, {failures.Count(f => !f.Known):N0} suspected", reporter, token);
        return failures;
    }

    /// <summary>The newest model that has predicted something; the newest of all when a dataset is to be predicted anyway.</summary>
    /// <exception cref="FlywheelException"><c>NoPredictions</c>; <c>NoModel</c>.</exception>
    public static Model DefaultModel(Workspace workspace, bool hasDataset)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var models = workspace.Catalogue.Models();
        if (models.Count == 0)
            throw new FlywheelException("NoModel", FaultCategory.InvalidOperation, $"The workspace '{workspace.Root}' has no model.", workspace.Root, "Train one with Invoke-FlywheelTraining.");
        return models.LastOrDefault(m => workspace.Catalogue.Predictions(new PredictionQuery { ModelId = m.Id, LatestPerImage = false }).Any())
            ?? (hasDataset ? models[^1] : throw new FlywheelException("NoPredictions", FaultCategory.InvalidOperation, $"No model of the workspace '{workspace.Root}' has stored predictions.", workspace.Root,
                "Predict something with Invoke-FlywheelPrediction, or name a dataset with -Dataset."));
    }

    sealed record Found(Prediction Prediction, bool Known, double Score, string Reason);

    static string KnownReason(Model model, Prediction p)
    {
        var predicted = string.Create(CultureInfo.InvariantCulture, $"predicted {p.Label} with {p.Confidence:0.00}");
        var words = p.Feedback?.Reason is { } reason ? $": \u201C{reason}\u201D" : "";
        if (p.Truth is null)
            return $"reported wrong by {p.Feedback!.Reporter}{(p.Feedback.Label is { } label ? $", who says {label}" : "")}{words}; {predicted}";
        return (model.Labels.Contains(p.Truth) ? $"is {p.Truth}, {predicted}" : $"is {p.Truth}, which the model does not know; {predicted}")
            + (words.Length > 0 ? $"; {p.Feedback!.Reporter}{words}" : "");
    }

    static IEnumerable<Found> Suspect(Workspace workspace, Model model, List<Prediction> open, FailureQuery query, IReporter reporter, CancellationToken token)
    {
        var images = ImagesOf(workspace, open);
        List<FlywheelImage> distinct = [.. open.Select(p => images[p.ImageId]).DistinctBy(i => i.Id)];
        var own = ModelView.Of(workspace, model, distinct, query.Seed, reporter, token);
        var second = query.Challenger ?? ShadowOf(workspace, model, open);
        var other = second is null ? null : ModelView.Of(workspace, second, distinct, query.Seed, reporter, token);
        var said = second is null ? [] : Predicted(workspace, second, open);
        var classes = Math.Max(2, model.Labels.Count);
        return open.Select(p =>
        {
            var signs = new SuspicionSigns
            {
                Classes = classes,
                Confidence = p.Confidence,
                Margin = p.Margin,
                VariedConfidence = own.HasVaried(p.ImageId) ? own.ConfidenceIn(p.ImageId, p.Label) : null,
                Novelty = own.NoveltyOf(p.ImageId),
            };
            if (other is not null && second!.Labels.Contains(p.Label))
            {
                var stored = said.GetValueOrDefault(p.ImageId);
                if ((other.ConfidenceIn(p.ImageId, p.Label) ?? (stored is null ? null : (double?)stored.Scores.GetValueOrDefault(p.Label))) is { } agreement)
                    signs = signs with { OtherDoubt = SuspicionScorer.Doubt(agreement, classes, other.NoveltyOf(p.ImageId)) };
                var answer = other.AnswerOn(p.ImageId) ?? (stored is null ? null : (stored.Label, stored.Confidence));
                if (answer is { } a && a.Label != p.Label) signs = signs with { Contradiction = string.Create(CultureInfo.InvariantCulture, $"{second.Name} says {a.Label} with {a.Confidence:0.00}") };
            }
            var judged = SuspicionScorer.Judge(signs);
            return new Found(p, false, judged.Score, judged.Reason);
        });
    }

    /// <summary>The model that scored some of these images in shadow last; null if none did.</summary>
    static Model? ShadowOf(Workspace workspace, Model model, List<Prediction> predictions) => predictions.Select(p => p.ImageId).Distinct().Chunk(5000)
        .SelectMany(ids => workspace.Catalogue.Predictions(new PredictionQuery { ImageIds = ids, Sources = [PredictionSource.Shadow] }))
        .Where(p => p.ModelId != model.Id).MaxBy(p => p.Time) is { } shadow ? workspace.Catalogue.FindModel(shadow.ModelId) : null;

    /// <summary>What a model said of images, by image.</summary>
    static Dictionary<string, Prediction> Predicted(Workspace workspace, Model model, List<Prediction> of) => of.Select(p => p.ImageId).Distinct().Chunk(5000)
        .SelectMany(ids => workspace.Catalogue.Predictions(new PredictionQuery { ModelId = model.Id, ImageIds = ids, Sources = Enum.GetValues<PredictionSource>() }))
        .ToDictionary(p => p.ImageId, StringComparer.Ordinal);

    /// <summary>Predicts the images of a dataset the model has not predicted yet.</summary>
    internal static void Complete(Workspace workspace, Model model, Dataset dataset, IReporter reporter, CancellationToken token)
    {
        var done = workspace.Catalogue.Predictions(new PredictionQuery { ModelId = model.Id, Dataset = dataset.Name }).Select(p => p.ImageId).ToHashSet();
        if (done.Count >= dataset.Images) return;
        using var service = new PredictionService(workspace, model, reporter: reporter);
        foreach (var _ in service.PredictImages(workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name }).Where(i => !done.Contains(i.Id)), reporter, token)) { }
        service.Complete(reporter);
    }

    /// <summary>The images of predictions; one that is known by its hash only is made of that.</summary>
    static Dictionary<string, FlywheelImage> ImagesOf(Workspace workspace, IEnumerable<Prediction> predictions)
    {
        var images = new Dictionary<string, FlywheelImage>(StringComparer.Ordinal);
        foreach (var ids in predictions.Select(p => p.ImageId).Distinct().Chunk(5000))
        {
            foreach (var image in workspace.Catalogue.Images(new ImageQuery { Ids = ids })) images[image.Id] = image;
            foreach (var id in ids) images.TryAdd(id, new FlywheelImage { Id = id, Path = "", Format = "" });
        }
        return images;
    }

    static Dictionary<string, int> Groups(Workspace workspace, Model model, IReadOnlyList<FlywheelImage> images, long seed, IReporter reporter, CancellationToken token)
    {
        if (model.IsExternal || images.Count < AppearanceGroups.Fewest) return [];
        using var session = new ScoringSession(workspace, model, reporter);
        List<ScoredImage> scored = [.. ModelView.Score(session, images, "Grouping failures", reporter, token)];
        if (scored.Count < AppearanceGroups.Fewest || scored[0].Embedding.Length == 0) return [];
        return scored.Zip(AppearanceGroups.Find(ModelView.Matrix(scored), seed, token)).DistinctBy(x => x.First.Image.Id).ToDictionary(x => x.First.Image.Id, x => x.Second);
    }

    static void SaveSheet(string path, List<Failure> failures, string heading, IReporter reporter, CancellationToken token)
    {
        List<Failure> kept = [.. failures.Where(f => f.Image.Path.Length > 0)];
        if (kept.Count < failures.Count) reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{failures.Count - kept.Count:N0} of {failures.Count:N0} failures are not on the contact sheet: their pictures were not kept."));
        ContactSheet.Save(path, [.. kept.OrderByDescending(f => f.Known).ThenBy(f => f.Group).ThenBy(f => f.Rank).Select(f => new ContactSheetTile(f.Image.Path,
            string.Create(CultureInfo.InvariantCulture, $"{f.Predicted} {f.Confidence:0.00}"),
            !f.Known ? string.Create(CultureInfo.InvariantCulture, $"suspect {f.Score:0.00}") : (f.Truth ?? f.Prediction.Feedback?.Label) is { } label ? $"is {label}" : "reported wrong")
        {
            Frame = f.Known ? "#c0392b" : "#e0a030",
            Section = $"{(f.Known ? "Known wrong" : "Suspected")}{(f.Group > 0 ? $", look {f.Group}" : "")}",
        })], new ContactSheetOptions { Heading = heading }, token);
    }
}

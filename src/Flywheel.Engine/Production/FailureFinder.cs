using System.Globalization;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Insight;
using Flywheel.Insight.Clustering;
using Flywheel.Insight.Suspicion;

namespace Flywheel.Engine.Production;

/// <summary>Finds predictions that are wrong where the truth is known, and suspicious ones where it is not.</summary>
public static class FailureFinder
{
    /// <summary>Finds failures: known ones first, the most confident error first; then suspected ones by suspicion. Grouped by appearance.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model whose failures they are.</param>
    /// <param name="query">What to look for.</param>
    /// <param name="reporter">Gets progress and faults.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>; <c>NoPredictions</c>; <c>ContactSheetNotWritable</c>; what loading the model raises.</exception>
    public static IReadOnlyList<Failure> Find(Workspace workspace, Model model, FailureQuery query, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(reporter);
        if (query.Dataset is { } name) Complete(workspace, model, workspace.GetDataset(name), reporter, token);

        var predictions = workspace.Catalogue.Predictions(new PredictionQuery { ModelId = model.Id, Dataset = query.Dataset, Since = query.Since }).ToList();
        if (predictions.Count == 0)
        {
            if (query.Dataset is not null) return [];
            throw new FlywheelException("NoPredictions", FaultCategory.InvalidOperation, $"The model '{model.Name}' has no stored predictions{(query.Since is null ? "" : " since then")}.", model.Name,
                "Predict something with Invoke-FlywheelPrediction, or name a dataset with -Dataset.");
        }
        var wrong = query.Known ? predictions.Where(p => p.Correct == false).OrderByDescending(p => p.Confidence).ThenBy(p => p.ImageId, StringComparer.Ordinal).ToList() : [];
        var open = query.Suspected ? predictions.Where(p => p.Correct is null).ToList() : [];
        token.ThrowIfCancellationRequested();

        using var session = new ScoringSession(workspace, model, reporter);
        var found = wrong.Take(query.First).Select(p => new Found(p, true, 1, KnownReason(model, p))).ToList();
        if (found.Count < query.First && open.Count > 0)
        {
            var novelty = Novelty(workspace, session, open, query.Seed, reporter, token);
            found.AddRange(open.Select(p =>
                {
                    var s = SuspicionScorer.Judge(p.Confidence, p.Margin, p.Entropy, model.Labels.Count, novelty?.GetValueOrDefault(p.ImageId));
                    return new Found(p, false, s.Score, s.Reason);
                })
                .Where(f => f.Score >= query.MinScore).OrderByDescending(f => f.Score).ThenBy(f => f.Prediction.ImageId, StringComparer.Ordinal).Take(query.First - found.Count));
        }

        var images = ImagesOf(workspace, found.Select(f => f.Prediction));
        found.RemoveAll(f => !images.ContainsKey(f.Prediction.ImageId));
        var groups = Groups(session, [.. found.Select(f => images[f.Prediction.ImageId])], query.Seed, reporter, token);
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
        if (query.ContactSheet is { } sheet) SaveSheet(sheet, failures, $"{model.Name}: {wrong.Count:N0} known wrong, {failures.Count(f => !f.Known):N0} suspected", token);
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

    static string KnownReason(Model model, Prediction p) => model.Labels.Contains(p.Truth!)
        ? string.Create(CultureInfo.InvariantCulture, $"is {p.Truth}, predicted {p.Label} with {p.Confidence:0.00}")
        : string.Create(CultureInfo.InvariantCulture, $"is {p.Truth}, which the model does not know; predicted {p.Label} with {p.Confidence:0.00}");

    /// <summary>Predicts the images of a dataset the model has not predicted yet.</summary>
    internal static void Complete(Workspace workspace, Model model, Dataset dataset, IReporter reporter, CancellationToken token)
    {
        var done = workspace.Catalogue.Predictions(new PredictionQuery { ModelId = model.Id, Dataset = dataset.Name }).Select(p => p.ImageId).ToHashSet();
        if (done.Count >= dataset.Images) return;
        using var service = new PredictionService(workspace, model, reporter: reporter);
        foreach (var _ in service.PredictImages(workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name }).Where(i => !done.Contains(i.Id)), reporter, token)) { }
        service.Complete(reporter);
    }

    static Dictionary<string, FlywheelImage> ImagesOf(Workspace workspace, IEnumerable<Prediction> predictions)
    {
        var images = new Dictionary<string, FlywheelImage>();
        foreach (var ids in predictions.Select(p => p.ImageId).Distinct().Chunk(5000))
            foreach (var image in workspace.Catalogue.Images(new ImageQuery { Ids = ids })) images[image.Id] = image;
        return images;
    }

    /// <summary>By image: the percentile of its distance from training; null where the training images or embeddings are not to be had.</summary>
    static Dictionary<string, double>? Novelty(Workspace workspace, ScoringSession session, IReadOnlyList<Prediction> predictions, long seed, IReporter reporter, CancellationToken token)
    {
        var training = TrainingImages(workspace, session.Model, seed);
        if (training.Count < 2)
        {
            reporter.Verbose($"The training images of '{session.Model.Name}' are not in this workspace; distance from training is left out.");
            return null;
        }
        var reference = session.ScoreAll(training, false, "Scoring training images", reporter, token);
        if (reference.Count < 2 || reference[0].Embedding.Length == 0) return null;
        var distance = TrainingDistance.Fit(Matrix(reference), seed, token);
        var images = ImagesOf(workspace, predictions);
        var percentiles = new Dictionary<string, double>();
        foreach (var block in session.ScoreAll([.. images.Values], false, "Comparing with training", reporter, token).Chunk(4096))
            foreach (var (scored, share) in block.Zip(distance.Percentiles(Matrix(block), token))) percentiles[scored.Image.Id] = share;
        return percentiles;
    }

    /// <summary>A bounded random part of what the model learned from.</summary>
    static List<FlywheelImage> TrainingImages(Workspace workspace, Model model, long seed)
    {
        if (workspace.Catalogue.VersionEntries(model.DatasetVersion is { Length: > 0 } id ? id : "0") is not { } rows) return [];
        var learned = rows.Any(r => r.Split == DataSplit.Train) ? rows.Where(r => r.Split == DataSplit.Train).ToList() : [.. rows.Where(r => r.Label is not null && r.Split == DataSplit.None)];
        var chosen = new SeededRandom(seed).Sample(learned.Count, TrainingDistance.LargestReference).Order().Select(i => learned[i].ImageId).ToList();
        return chosen.Count == 0 ? [] : [.. workspace.Catalogue.Images(new ImageQuery { Ids = chosen })];
    }

    static EmbeddingMatrix Matrix(IReadOnlyList<ScoredImage> scored) =>
        new([.. scored.SelectMany(s => s.Embedding)], scored.Count, Math.Max(1, scored.Count == 0 ? 1 : scored[0].Embedding.Length));

    static Dictionary<string, int> Groups(ScoringSession session, IReadOnlyList<FlywheelImage> images, long seed, IReporter reporter, CancellationToken token)
    {
        if (images.Count < AppearanceGroups.Fewest) return [];
        var scored = session.ScoreAll(images, false, "Grouping failures", reporter, token);
        if (scored.Count == 0 || scored[0].Embedding.Length == 0) return [];
        return scored.Zip(AppearanceGroups.Find(Matrix(scored), seed, token)).DistinctBy(x => x.First.Image.Id).ToDictionary(x => x.First.Image.Id, x => x.Second);
    }

    static void SaveSheet(string path, IReadOnlyList<Failure> failures, string heading, CancellationToken token) =>
        ContactSheet.Save(path, [.. failures.OrderByDescending(f => f.Known).ThenBy(f => f.Group).ThenBy(f => f.Rank).Select(f => new ContactSheetTile(f.Image.Path,
            string.Create(CultureInfo.InvariantCulture, $"{f.Predicted} {f.Confidence:0.00}"), f.Known ? $"is {f.Truth}" : string.Create(CultureInfo.InvariantCulture, $"suspect {f.Score:0.00}"))
        {
            Frame = f.Known ? "#c0392b" : "#e0a030",
            Section = $"{(f.Known ? "Known wrong" : "Suspected")}{(f.Group > 0 ? $", look {f.Group}" : "")}",
        })], new ContactSheetOptions { Heading = heading }, token);
}

using Flywheel.Engine.Workspaces;
using Flywheel.Insight;
using Flywheel.Insight.Suspicion;

namespace Flywheel.Engine.Production;

/// <summary>What a model makes of images: scores, scores on average over variations of the picture, distance from its training. Only of images that can be read or were scored before; a model that runs elsewhere makes nothing of any.</summary>
sealed class ModelView
{
    readonly Dictionary<string, ScoredImage> _scores = new(StringComparer.Ordinal);
    readonly Dictionary<string, float[]> _varied = new(StringComparer.Ordinal);
    readonly Dictionary<string, double> _novelty = new(StringComparer.Ordinal);

    ModelView(Model model) => Model = model;

    /// <summary>The model.</summary>
    public Model Model { get; }

    /// <summary>Looks at images.</summary>
    public static ModelView Of(Workspace workspace, Model model, IReadOnlyList<FlywheelImage> images, long seed, IReporter reporter, CancellationToken token)
    {
        var view = new ModelView(model);
        if (model.IsExternal || images.Count == 0) return view;
        using (var session = new ScoringSession(workspace, model, reporter))
        {
            foreach (var scored in Score(session, images, $"Scoring with {model.Name}", reporter, token)) view._scores[scored.Image.Id] = scored;
            view.CompareWithTraining(workspace, session, seed, reporter, token);
        }
        using var varied = new ScoringSession(workspace, model, reporter, varied: true);
        foreach (var scored in Score(varied, images, $"Varying pictures for {model.Name}", reporter, token)) view._varied[scored.Image.Id] = scored.Probabilities;
        return view;
    }

    /// <summary>Scores of images, by what is kept of earlier scoring where the picture is not to be had.</summary>
    public static IEnumerable<ScoredImage> Score(ScoringSession session, IReadOnlyList<FlywheelImage> images, string activity, IReporter reporter, CancellationToken token)
    {
        var (open, known) = (new List<FlywheelImage>(), new List<ScoredImage>());
        foreach (var image in images)
        {
            if (session.Known(image) is { } before) known.Add(before);
            else if (!session.Model.IsExternal && image.Path.Length > 0 && File.Exists(image.Path)) open.Add(image);
        }
        return open.Count == 0 ? known : known.Concat(session.ScoreAll(open, false, activity, reporter, token));
    }

    /// <summary>Rows of embeddings.</summary>
    public static EmbeddingMatrix Matrix(IReadOnlyList<ScoredImage> scored) =>
        new([.. scored.SelectMany(s => s.Embedding)], scored.Count, Math.Max(1, scored.Count == 0 ? 1 : scored[0].Embedding.Length));

    /// <summary>The model's answer on an image; null if it makes nothing of it.</summary>
    public (string Label, double Confidence)? AnswerOn(string imageId) =>
        _scores.TryGetValue(imageId, out var scored) ? (Model.Labels[scored.Winner], scored.Probabilities[scored.Winner]) : null;

    /// <summary>Probability of a label over the variations of an image, or on the image as it is; null if the model makes nothing of it or does not know the label.</summary>
    public double? ConfidenceIn(string imageId, string label)
    {
        var at = Model.Labels.ToList().IndexOf(label);
        return at < 0 ? null : _varied.TryGetValue(imageId, out var mean) ? mean[at] : _scores.TryGetValue(imageId, out var scored) ? scored.Probabilities[at] : null;
    }

    /// <summary>Whether the image was varied.</summary>
    public bool HasVaried(string imageId) => _varied.ContainsKey(imageId);

    /// <summary>Percentile of an image's distance from training; null where the training images or embeddings are not to be had.</summary>
    public double? NoveltyOf(string imageId) => _novelty.TryGetValue(imageId, out var share) ? share : null;

    void CompareWithTraining(Workspace workspace, ScoringSession session, long seed, IReporter reporter, CancellationToken token)
    {
        var training = TrainingImages(workspace, Model, seed);
        if (training.Count < 2)
        {
            reporter.Verbose($"The training images of '{Model.Name}' are not in this workspace; distance from training is left out.");
            return;
        }
        List<ScoredImage> reference = [.. Score(session, training, "Scoring training images", reporter, token)];
        if (reference.Count < 2 || reference[0].Embedding.Length == 0) return;
        var distance = TrainingDistance.Fit(Matrix(reference), seed, token);
        foreach (var block in _scores.Values.Where(s => s.Embedding.Length == reference[0].Embedding.Length).Chunk(4096))
            foreach (var (scored, share) in block.Zip(distance.Percentiles(Matrix(block), token))) _novelty[scored.Image.Id] = share;
    }

    /// <summary>A bounded random part of what the model learned from.</summary>
    static List<FlywheelImage> TrainingImages(Workspace workspace, Model model, long seed)
    {
        if (workspace.Catalogue.VersionEntries(model.DatasetVersion is { Length: > 0 } id ? id : "0") is not { } rows) return [];
        var learned = rows.Any(r => r.Split == DataSplit.Train) ? rows.Where(r => r.Split == DataSplit.Train).ToList() : [.. rows.Where(r => r.Label is not null && r.Split == DataSplit.None)];
        var chosen = new SeededRandom(seed).Sample(learned.Count, TrainingDistance.LargestReference).Order().Select(i => learned[i].ImageId).ToList();
        return chosen.Count == 0 ? [] : [.. workspace.Catalogue.Images(new ImageQuery { Ids = chosen })];
    }
}

using System.Globalization;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight;

namespace Flywheel.Engine.Production;

/// <summary>
/// Images of one model side by side with what it said of them: the common input of slices, drift, label-free accuracy and the retraining
/// decision. Row i of every array belongs to the same image.
/// </summary>
public sealed class ScoredWindow
{
    ScoredWindow(string name, Model model, IReadOnlyList<Prediction> predictions, IReadOnlyList<FlywheelImage> images, float[] probabilities, int[] truth, float[]?[] embeddings, string? groupBy)
    {
        Name = name;
        Model = model;
        Predictions = predictions;
        Images = images;
        Probabilities = probabilities;
        Truth = truth;
        GroupBy = groupBy;
        Groups = ImageGroups.Of(images, groupBy);
        var width = embeddings.FirstOrDefault(e => e is { Length: > 0 })?.Length ?? 0;
        HasEmbedding = [.. embeddings.Select(e => width > 0 && e?.Length == width)];
        if (width == 0) return;
        var values = new float[embeddings.Length * width];
        for (var i = 0; i < embeddings.Length; i++)
            if (HasEmbedding[i]) embeddings[i]!.CopyTo(values, i * width);
        Embeddings = new EmbeddingMatrix(values, embeddings.Length, width);
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The model.</summary>
    public Model Model { get; }

    /// <summary>The predictions.</summary>
    public IReadOnlyList<Prediction> Predictions { get; }

    /// <summary>Their images; one whose picture was not kept has an empty path.</summary>
    public IReadOnlyList<FlywheelImage> Images { get; }

    /// <summary>Calibrated probabilities, row-major, n × K in the model's label order.</summary>
    public float[] Probabilities { get; }

    /// <summary>Index of the true label; −1 where nobody has said, or the model does not know the label.</summary>
    public int[] Truth { get; }

    /// <summary>n × D in the model's own space, rows of zeros where <see cref="HasEmbedding"/> says no; null if no image has one.</summary>
    public EmbeddingMatrix? Embeddings { get; }

    /// <summary>Which images have an embedding: their picture can be read, or the endpoint kept what the model made of it.</summary>
    public IReadOnlyList<bool> HasEmbedding { get; }

    /// <summary>Tag whose equal values belong together, or null.</summary>
    public string? GroupBy { get; }

    /// <summary>Number of the independent unit of each image; null when every image stands alone.</summary>
    public int[]? Groups { get; }

    /// <summary>Rows.</summary>
    public int Count => Images.Count;

    /// <summary>The probabilities of one image.</summary>
    public ReadOnlySpan<float> ProbabilitiesOf(int row) => Probabilities.AsSpan(row * Model.Labels.Count, Model.Labels.Count);

    /// <summary>Index of the winning label.</summary>
    public int WinnerOf(int row)
    {
        var p = ProbabilitiesOf(row);
        var winner = 0;
        for (var c = 1; c < p.Length; c++)
            if (p[c] > p[winner]) winner = c;
        return winner;
    }

    /// <summary>The value of a tag: the request's own, else the image's; null if neither has it.</summary>
    public string? TagOf(int row, string tag) =>
        Predictions[row].Tags.TryGetValue(tag, out var value) || Images[row].Tags.TryGetValue(tag, out value) ? value : null;

    /// <summary>The named rows, in that order.</summary>
    public ScoredWindow Rows(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var k = Model.Labels.Count;
        var probabilities = new float[rows.Count * k];
        for (var i = 0; i < rows.Count; i++) ProbabilitiesOf(rows[i]).CopyTo(probabilities.AsSpan(i * k));
        return new ScoredWindow(Name, Model, [.. rows.Select(r => Predictions[r])], [.. rows.Select(r => Images[r])], probabilities, [.. rows.Select(r => Truth[r])],
            [.. rows.Select(r => HasEmbedding[r] ? Embeddings![r].ToArray() : null)], GroupBy);
    }

    /// <summary>What the model predicted in production, as it was recorded. Pictures are read only where no embedding was kept.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model.</param>
    /// <param name="query">Which predictions; its model is set here.</param>
    /// <param name="groupBy">Tag whose equal values belong together, or null.</param>
    /// <param name="reporter">Gets progress, and a warning if pictures are missing or no image has that tag.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <exception cref="FlywheelException"><c>NoPredictions</c>; what loading the model raises.</exception>
    public static ScoredWindow Production(Workspace workspace, Model model, PredictionQuery query, string? groupBy, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(reporter);
        if (query.Dataset is { } dataset) workspace.GetDataset(dataset);
        var predictions = workspace.Catalogue.Predictions(query with { ModelId = model.Id }).ToList();
        var byId = ImagesById(workspace, predictions.Select(p => p.ImageId));
        predictions.RemoveAll(p => !byId.ContainsKey(p.ImageId));
        if (predictions.Count == 0)
            throw new FlywheelException("NoPredictions", FaultCategory.InvalidOperation, $"The model '{model.Name}' has no stored predictions{Where(query)}.", model.Name,
                "Predict something with Invoke-FlywheelPrediction, serve the model with Start-FlywheelEndpoint, or bring in a log with Import-FlywheelPrediction.");
        var images = predictions.Select(p => byId[p.ImageId]).ToList();
        var probabilities = new float[predictions.Count * model.Labels.Count];
        for (var i = 0; i < predictions.Count; i++)
            for (var c = 0; c < model.Labels.Count; c++) probabilities[i * model.Labels.Count + c] = (float)predictions[i].Scores.GetValueOrDefault(model.Labels[c]);
        var window = new ScoredWindow(query.Dataset ?? "production", model, predictions, images, probabilities, [.. images.Select(i => IndexOf(model, i.Provenance == AnnotationProvenance.Auto ? null : i.Label))],
            Embed(workspace, model, images, reporter, token), groupBy);
        if (groupBy is not null && !Enumerable.Range(0, window.Count).Any(i => window.TagOf(i, groupBy) is not null))
        {
            var near = NearestName.Of(groupBy, images.SelectMany(i => i.Tags.Keys).Concat(predictions.SelectMany(p => p.Tags.Keys)).Distinct(StringComparer.Ordinal));
            reporter.Warning($"No image of {window.Name} has the tag '{groupBy}', so none belong together by it.{(near is null ? "" : $" Did you mean '{near}'?")}");
        }
        return window;
    }

    /// <summary>
    /// What the model says of images it did not learn from and whose labels are known: the test split of its own training dataset as it was
    /// then, the validation split where there is no test split, or a named dataset as it is now.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model.</param>
    /// <param name="dataset">A dataset, or null for the model's own.</param>
    /// <param name="reporter">Gets progress, and a fault for an image that cannot be read.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <exception cref="FlywheelException"><c>ReferenceMissing</c>: the model's dataset version is not in this workspace, or has neither test nor validation images; <c>DatasetNotFound</c>.</exception>
    public static ScoredWindow Reference(Workspace workspace, Model model, string? dataset, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(reporter);
        Dictionary<string, string?> labels;
        List<FlywheelImage> images;
        string name;
        string? groupBy;
        if (dataset is not null)
        {
            var named = workspace.GetDataset(dataset);
            (name, groupBy) = (named.Name, named.GroupBy);
            images = [.. workspace.Catalogue.Images(new ImageQuery { Dataset = named.Name, Labelled = true }).Where(i => i.Provenance != AnnotationProvenance.Auto)];
            labels = images.ToDictionary(i => i.Id, i => i.Label);
        }
        else
        {
            var rows = model.DatasetVersion.Length == 0 ? null : workspace.Catalogue.VersionEntries(model.DatasetVersion);
            var split = rows?.Any(r => r.Split == DataSplit.Test && r.Label is not null) == true ? DataSplit.Test : DataSplit.Validation;
            labels = rows?.Where(r => r.Split == split && r.Label is not null).ToDictionary(r => r.ImageId, r => r.Label) ?? [];
            var byId = ImagesById(workspace, labels.Keys);
            images = [.. labels.Keys.Where(id => byId.TryGetValue(id, out var image) && image.Provenance != AnnotationProvenance.Auto).Select(id => byId[id])];
            name = $"{model.Dataset} {split.ToString().ToLowerInvariant()}";
            groupBy = workspace.Catalogue.FindDataset(model.Dataset.Length == 0 ? "-" : model.Dataset)?.GroupBy;
        }
        using var session = new ScoringSession(workspace, model, reporter);
        var scored = images.Count == 0 ? [] : session.ScoreAll(images, false, $"Scoring {name}", reporter, token);
        if (scored.Count == 0)
            throw new FlywheelException("ReferenceMissing", FaultCategory.InvalidOperation,
                $"There is nothing to compare '{model.Name}' with: {(dataset is not null ? $"'{name}' has no labelled images" : "the test and validation images it was trained with are not in this workspace")}.", model.Name,
                "Name a labelled dataset the model did not learn from as reference.");
        var k = model.Labels.Count;
        var probabilities = new float[scored.Count * k];
        for (var i = 0; i < scored.Count; i++) scored[i].Probabilities.CopyTo(probabilities, i * k);
        return new ScoredWindow(name, model, [.. scored.Select(s => s.ToPrediction(model, model.Created) with { Truth = labels[s.Image.Id] })], [.. scored.Select(s => s.Image)], probabilities,
            [.. scored.Select(s => IndexOf(model, labels[s.Image.Id]))], [.. scored.Select(s => s.Embedding)], groupBy);
    }

    static Dictionary<string, FlywheelImage> ImagesById(Workspace workspace, IEnumerable<string> ids) =>
        workspace.Catalogue.Images(new ImageQuery { Ids = [.. ids.Distinct(StringComparer.Ordinal)] }).ToDictionary(i => i.Id, StringComparer.Ordinal);

    static int IndexOf(Model model, string? label)
    {
        for (var c = 0; c < model.Labels.Count; c++)
            if (model.Labels[c] == label) return c;
        return -1;
    }

    static float[]?[] Embed(Workspace workspace, Model model, List<FlywheelImage> images, IReporter reporter, CancellationToken token)
    {
        var embeddings = new Dictionary<string, float[]>(StringComparer.Ordinal);
        using var session = new ScoringSession(workspace, model, reporter);
        var open = new List<FlywheelImage>();
        var missing = 0;
        foreach (var image in images.DistinctBy(i => i.Id))
        {
            if (session.Known(image) is { } known) embeddings[image.Id] = known.Embedding;
            else if (image.Path.Length > 0 && File.Exists(image.Path) && File.Exists(model.OnnxPath)) open.Add(image);
            else missing++;
        }
        if (open.Count > 0)
            foreach (var scored in session.ScoreAll(open, false, $"Embedding with {model.Name}", reporter, token)) embeddings[scored.Image.Id] = scored.Embedding;
        if (missing > 0)
            reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{missing:N0} of {images.Count:N0} predictions have neither their picture nor what the model made of it; they count without appearance."));
        return [.. images.Select(i => embeddings.GetValueOrDefault(i.Id))];
    }

    static string Where(PredictionQuery query) =>
        (query.Dataset is { } dataset ? $" in '{dataset}'" : "") +
        (query.Since is { } since ? string.Create(CultureInfo.InvariantCulture, $" since {since:u}") : "") +
        (query.Until is { } until ? string.Create(CultureInfo.InvariantCulture, $" until {until:u}") : "");
}

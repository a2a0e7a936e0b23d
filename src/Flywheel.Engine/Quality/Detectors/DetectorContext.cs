using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight;
using Flywheel.Insight.DataQuality;

namespace Flywheel.Engine.Quality.Detectors;

/// <summary>A data set as detectors see it. What several need is made once, when first asked for.</summary>
sealed class DetectorContext
{
    /// <summary>Most images neighbours are looked for among; drawn at random beyond.</summary>
    const int LargestReference = 5000;

    /// <summary>What a robust deviation of a property counts beside a picture of length one, and how many are told apart.</summary>
    const double PropertyWeight = 0.25, MostDeviations = 10;

    readonly Lazy<Thumbnails> _thumbnails;
    readonly Lazy<IReadOnlyList<DuplicatePair>> _pairs;
    readonly Lazy<(EmbeddingMatrix Rows, bool[] Has, string Name)> _features;

    public DetectorContext(Workspace workspace, Dataset dataset, Model? model, long seed, bool store, IReporter reporter, CancellationToken token)
    {
        Workspace = workspace;
        Dataset = dataset;
        Model = model;
        Seed = seed;
        Store = store;
        Reporter = reporter;
        Token = token;
        Images = [.. workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name })];
        Groups = ImageGroups.Of(Images, dataset.GroupBy);
        _thumbnails = new(() => new Thumbnails(Images));
        _pairs = new(() => DuplicateFinder.Find(Images, Thumbnails, DuplicateFinder.DefaultDistance, Reporter, Token));
        _features = new(MakeFeatures);
    }

    public Workspace Workspace { get; }
    public Dataset Dataset { get; }

    /// <summary>The model to see with, or null.</summary>
    public Model? Model { get; }

    public long Seed { get; }

    /// <summary>False: nothing is kept.</summary>
    public bool Store { get; }

    public IReporter Reporter { get; }
    public CancellationToken Token { get; }

    /// <summary>The data set's images, in the order of their import.</summary>
    public IReadOnlyList<FlywheelImage> Images { get; }

    /// <summary>Number of the group of each image, by the tag the data set was split by; null without one.</summary>
    public int[]? Groups { get; }

    /// <summary>Small pictures; to be read before use.</summary>
    public Thumbnails Thumbnails => _thumbnails.Value;

    /// <summary>Copies.</summary>
    public IReadOnlyList<DuplicatePair> Duplicates => _pairs.Value;

    /// <summary>
    /// A row per image to measure likeness by, whether there is one, and what it is: the model's embedding (of length one), or the picture itself in
    /// small (of length one as well) with its measured properties beside it. Correlations of pictures end at zero, where everything foreign is
    /// alike; properties go on.
    /// </summary>
    public (EmbeddingMatrix Rows, bool[] Has, string Name) Features => _features.Value;

    /// <summary>
    /// The k nearest images of every image, by <see cref="Features"/>: rows of the data set and squared distances, nearest first; −1 where there is
    /// none. Copies of an image, and where asked its whole group, are no neighbours of it.
    /// </summary>
    public (int[] Rows, float[] Distances, int K) Neighbours(int k, bool otherGroups)
    {
        var (rows, has, _) = Features;
        int[] known = [.. Enumerable.Range(0, Images.Count).Where(i => has[i])];
        var reference = known.Length <= LargestReference ? known : [.. new SeededRandom(Seed, 41).Sample(known.Length, LargestReference).Order().Select(at => known[at])];
        k = Math.Min(k, Math.Max(1, reference.Length - 1));
        var found = new int[Images.Count * k];
        var distances = new float[Images.Count * k];
        Array.Fill(found, -1);
        Array.Fill(distances, float.NaN);
        if (reference.Length < 2) return (found, distances, k);
        using var meter = new ProgressMeter(Reporter, "Comparing images", known.Length, "images");
        var groups = otherGroups ? Groups : null;
        var (near, far) = NearestRows.Find(rows.Rows(known), rows.Rows(reference), k, (i, j) => known[i] == reference[j] || groups is not null && groups[known[i]] == groups[reference[j]], () => meter.Advance(), Token);
        for (var i = 0; i < known.Length; i++)
            for (var n = 0; n < k; n++)
            {
                if (near[i * k + n] < 0) continue;
                found[known[i] * k + n] = reference[near[i * k + n]];
                distances[known[i] * k + n] = far[i * k + n];
            }
        return (found, distances, k);
    }

    /// <summary>A finding about an image.</summary>
    public DatasetFinding Finding(string detector, int i, double score, string text, int? related = null) => new()
    {
        Detector = detector,
        ImageId = Images[i].Id,
        Path = Images[i].Path,
        Label = Images[i].Label,
        Split = Images[i].Split,
        Score = Math.Clamp(score, 0, 1),
        Text = text,
        RelatedImageId = related is { } r ? Images[r].Id : null,
    };

    /// <summary>A proposal to leave an image out.</summary>
    public Suggestion Exclusion(string detector, int i, string reason, double score, string text, int? related = null) => new()
    {
        ImageId = Images[i].Id,
        Dataset = Dataset.Name,
        Reason = detector,
        Part = AnnotationPart.Exclusion,
        NewExclusion = reason,
        Score = Math.Clamp(score, 0, 1),
        Text = text,
        RelatedImageId = related is { } r ? Images[r].Id : null,
    };

    (EmbeddingMatrix, bool[], string) MakeFeatures()
    {
        var has = new bool[Images.Count];
        if (Model is not null)
        {
            using var session = new ScoringSession(Workspace, Model, Reporter, Store);
            var scored = session.ScoreAll([.. Images.Where(i => i.Path.Length > 0)], false, $"Looking at images with {Model.Name}", Reporter, Token);
            if (scored.Count > 0 && scored[0].Embedding.Length > 0)
            {
                var row = Images.Select((image, i) => (image.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
                var d = scored[0].Embedding.Length;
                var values = new float[scored.Count * d];
                for (var s = 0; s < scored.Count; s++) scored[s].Embedding.CopyTo(values, s * d);
                var normalised = new EmbeddingMatrix(values, scored.Count, d).Normalised();
                var all = new float[Images.Count * d];
                for (var s = 0; s < scored.Count; s++)
                {
                    var i = row[scored[s].Image.Id];
                    has[i] = true;
                    normalised[s].CopyTo(all.AsSpan(i * d));
                }
                return (new EmbeddingMatrix(all, Images.Count, d), has, $"the embedding of {Model.Name}");
            }
            Reporter.Verbose($"The model '{Model.Name}' has no embedding; the pictures themselves are compared.");
        }
        Thumbnails.Read(Enumerable.Range(0, Images.Count), Reporter, Token);
        for (var i = 0; i < has.Length; i++) has[i] = Thumbnails.Has(i);
        return (WithProperties(Thumbnails.Rows()), has, "the picture at 16×16 pixels and its measured properties");
    }

    EmbeddingMatrix WithProperties(EmbeddingMatrix pictures)
    {
        Func<FlywheelImage, double>[] properties =
        [
            i => i.Brightness, i => Math.Log(i.Contrast + 0.002), i => Math.Log(i.Sharpness + 1), i => i.Entropy, i => Math.Log(i.Colorfulness + 1), i => Math.Log((double)Math.Max(1, i.Width) / Math.Max(1, i.Height)),
        ];
        var d = pictures.Dimensions;
        var values = new float[Images.Count * (d + properties.Length)];
        for (var i = 0; i < Images.Count; i++) pictures[i].CopyTo(values.AsSpan(i * (d + properties.Length)));
        for (var p = 0; p < properties.Length; p++)
        {
            var scale = RobustScale.Of(Images.Select(properties[p]));
            for (var i = 0; i < Images.Count; i++)
                values[i * (d + properties.Length) + d + p] = (float)(PropertyWeight * Math.Clamp(scale.Z(properties[p](Images[i])), -MostDeviations, MostDeviations));
        }
        return new EmbeddingMatrix(values, Images.Count, d + properties.Length);
    }
}

using Flywheel.Insight;
using Flywheel.Insight.Drift;

namespace Flywheel.Tests;

/// <summary>
/// Draws images that come in groups of near-duplicates: every group has a look of its own (a normal draw that all its images share) to
/// which every image adds a little. No two draws differ in anything but chance unless a shift is asked for.
/// </summary>
/// <param name="Within">Share of the variance that lies within groups, 0..1; 1 makes images independent.</param>
/// <param name="Dimensions">Columns of the embeddings.</param>
sealed record BlockStream(double Within, int Dimensions = 16)
{
    /// <summary>Group sizes, drawn uniformly from this list.</summary>
    public required int[] ReferenceSizes { get; init; }

    public required int[] WindowSizes { get; init; }

    public required int ReferenceGroups { get; init; }

    public required int WindowGroups { get; init; }

    /// <summary>Added to the window's brightness and first embedding column, in standard deviations.</summary>
    public double Shift { get; init; }

    public DriftInput Draw(long seed)
    {
        var random = new SeededRandom(seed);
        var reference = Side(random, ReferenceGroups, ReferenceSizes, 0);
        var window = Side(random, WindowGroups, WindowSizes, Shift);
        return new DriftInput
        {
            ReferenceCount = reference.Groups.Length,
            WindowCount = window.Groups.Length,
            Numbers =
            [
                new(DriftKind.Property, "brightness", "", reference.Brightness, window.Brightness),
                new(DriftKind.Property, "width", "px", reference.Width, window.Width),
                new(DriftKind.Score, "confidence", "", reference.Confidence, window.Confidence),
            ],
            Categories = [new(DriftKind.Tag, "camera", ["a", "b", "c"], reference.Camera, window.Camera), new(DriftKind.Label, "predicted label", ["no", "yes"], reference.Predicted, window.Predicted)],
            Labels = ["no", "yes"],
            ReferenceTruth = reference.Truth,
            ReferencePredicted = reference.Predicted,
            WindowPredicted = window.Predicted,
            ReferenceEmbeddings = reference.Embeddings,
            WindowEmbeddings = window.Embeddings,
            ReferenceGroups = reference.Groups,
            WindowGroups = window.Groups,
        };
    }

    sealed record Images(int[] Groups, double[] Brightness, double[] Width, double[] Confidence, int[] Camera, int[] Truth, int[] Predicted, EmbeddingMatrix Embeddings);

    Images Side(SeededRandom random, int groups, int[] sizes, double shift)
    {
        double between = Math.Sqrt(1 - Within), within = Math.Sqrt(Within);
        List<int> group = [], camera = [], truth = [], predicted = [];
        List<double> brightness = [], width = [], confidence = [];
        var rows = new List<float>();
        var look = new double[Dimensions + 3];
        for (var g = 0; g < groups; g++)
        {
            for (var d = 0; d < look.Length; d++) look[d] = random.NextGaussian();
            var camera0 = random.Next(3);
            for (var i = sizes[random.Next(sizes.Length)]; i > 0; i--)
            {
                group.Add(g);
                brightness.Add(between * look[0] + within * random.NextGaussian() + shift);
                width.Add(Math.Round(80 + 10 * (between * look[1] + within * random.NextGaussian())));
                confidence.Add(1 / (1 + Math.Exp(-2 * (between * look[2] + within * random.NextGaussian()))));
                camera.Add(camera0);
                var label = between * look[2] + within * random.NextGaussian() > 0 ? 1 : 0;
                truth.Add(label);
                predicted.Add(random.NextDouble() < 0.85 ? label : 1 - label);
                for (var d = 0; d < Dimensions; d++) rows.Add((float)(between * look[3 + d] + within * random.NextGaussian() + (d == 0 ? shift : 0)));
            }
        }
        return new Images([.. group], [.. brightness], [.. width], [.. confidence], [.. camera], [.. truth], [.. predicted], new EmbeddingMatrix([.. rows], group.Count, Dimensions));
    }
}

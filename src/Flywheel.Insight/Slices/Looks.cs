using Flywheel.Insight.Clustering;

namespace Flywheel.Insight.Slices;

/// <summary>
/// Sorts images by how they look to the model, apart from what it predicts: the means of the predicted classes and the directions between them
/// are taken out first, or every look would be a distance to the decision boundary, where errors lie anyway.
/// </summary>
public static class Looks
{
    const int Clusters = 8, MostFitted = 5000;

    /// <summary>Number of the look of each image as text, from 1; null where it has no embedding. Uses no errors.</summary>
    /// <param name="embeddings">n × D.</param>
    /// <param name="has">Rows with an embedding.</param>
    /// <param name="predicted">Predicted class by row.</param>
    /// <param name="seed">Seed of the clustering.</param>
    /// <param name="token">Obeyed.</param>
    public static string?[] Of(EmbeddingMatrix embeddings, IReadOnlyList<bool> has, IReadOnlyList<int> predicted, long seed, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        int[] rows = [.. Enumerable.Range(0, embeddings.Count).Where(i => has[i])];
        var looks = new string?[embeddings.Count];
        if (rows.Length < Clusters * AppearanceGroups.Fewest) return looks;
        var cleaned = Clean(embeddings.Rows(rows), [.. rows.Select(i => predicted[i])]).Normalised();
        var fitted = cleaned.Rows([.. new SeededRandom(seed, 21).Sample(rows.Length, MostFitted).Order()]);
        var centres = KMeans.Fit(fitted, Clusters, new SeededRandom(seed, 22), token: token).Centres;
        for (var i = 0; i < rows.Length; i++)
        {
            token.ThrowIfCancellationRequested();
            var row = cleaned[i];
            var nearest = 0;
            var least = float.PositiveInfinity;
            for (var c = 0; c < centres.Count; c++)
                if (VectorMath.SquaredDistance(row, centres[c]) is var d && d < least) (nearest, least) = (c, d);
            looks[rows[i]] = (nearest + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        return looks;
    }

    static EmbeddingMatrix Clean(EmbeddingMatrix rows, int[] predicted)
    {
        var d = rows.Dimensions;
        var means = Enumerable.Range(0, rows.Count).GroupBy(i => predicted[i]).ToDictionary(g => g.Key, g => rows.Rows([.. g]).Mean());
        var axes = new List<double[]>();
        var origin = means.OrderBy(m => m.Key).First().Value;
        foreach (var (_, mean) in means.OrderBy(m => m.Key).Skip(1))
        {
            // Gram and Schmidt.
            double[] axis = [.. Enumerable.Range(0, d).Select(x => (double)mean[x] - origin[x])];
            var length = Math.Sqrt(axis.Sum(x => x * x));
            foreach (var earlier in axes) Subtract(axis, earlier);
            var left = Math.Sqrt(axis.Sum(x => x * x));
            if (left <= 1e-6 * length || left == 0) continue;
            for (var x = 0; x < d; x++) axis[x] /= left;
            axes.Add(axis);
        }
        var values = new float[rows.Count * d];
        var row = new double[d];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var x = 0; x < d; x++) row[x] = rows[i][x] - means[predicted[i]][x];
            foreach (var axis in axes) Subtract(row, axis);
            for (var x = 0; x < d; x++) values[i * d + x] = (float)row[x];
        }
        return new EmbeddingMatrix(values, rows.Count, d);
    }

    static void Subtract(double[] from, double[] axis)
    {
        double dot = 0;
        for (var x = 0; x < from.Length; x++) dot += from[x] * axis[x];
        for (var x = 0; x < from.Length; x++) from[x] -= dot * axis[x];
    }
}

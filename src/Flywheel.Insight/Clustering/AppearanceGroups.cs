namespace Flywheel.Insight.Clustering;

/// <summary>Sorts images into a few groups that look alike.</summary>
public static class AppearanceGroups
{
    /// <summary>Fewer images than this are not grouped.</summary>
    public const int Fewest = 6;

    const int MostGroups = 8;
    const int SilhouetteSample = 1000;

    /// <summary>
    /// k-means on centred, normalised embeddings, with the number of groups in 2..8 that has the highest mean silhouette.
    /// </summary>
    /// <returns>
    /// Group of each row from 1, the largest first; all 1 where no partition has a positive silhouette; all 0 for fewer than
    /// <see cref="Fewest"/> rows.
    /// </returns>
    public static int[] Find(EmbeddingMatrix embeddings, long seed, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        var n = embeddings.Count;
        if (n < Fewest) return new int[n];
        var rows = embeddings.Normalised();
        var sample = n <= SilhouetteSample ? null : new SeededRandom(seed, 99).Sample(n, SilhouetteSample);
        var sampled = sample is null ? rows : rows.Rows(sample);
        int[]? best = null;
        var highest = 0.0;
        // Below two rows a group on average, a "group" is a picture.
        for (var k = 2; k <= Math.Min(MostGroups, n / 2); k++)
        {
            var assignment = KMeans.Fit(rows, k, new SeededRandom(seed, k), token: token).Assignment;
            var silhouette = Silhouette.Mean(sampled, sample is null ? assignment : [.. sample.Select(i => assignment[i])], token);
            if (silhouette > highest + 1e-9) (best, highest) = (assignment, silhouette);
        }
        if (best is null) return [.. Enumerable.Repeat(1, n)];
        var rank = best.Select((g, i) => (g, i)).GroupBy(x => x.g).OrderByDescending(g => g.Count()).ThenBy(g => g.Min(x => x.i))
            .Select((g, at) => (g.Key, at)).ToDictionary(x => x.Key, x => x.at + 1);
        return [.. best.Select(g => rank[g])];
    }
}

using CsCheck;
using Flywheel.Insight.Clustering;

namespace Flywheel.Insight.Tests;

public class ClusteringTests
{
    static EmbeddingMatrix Blobs()
    {
        var e = Expected.Of("clusters");
        return new EmbeddingMatrix(e.Floats("rows"), e.Integer("count"), e.Integer("dimensions"));
    }

    [Fact]
    public void KMeans_finds_scikit_learns_partition()
    {
        var e = Expected.Of("clusters");
        var best = Enumerable.Range(0, 10).Select(s => KMeans.Fit(Blobs(), 4, new SeededRandom(s))).MinBy(r => r.Inertia)!;

        Assert.Equal(1, best.Inertia / e.Number("inertia"), 1e-4);
        // The same pairs together, whatever the clusters are called.
        Assert.Equal(4, best.Assignment.Zip(e.Integers("assignment")).Distinct().Count());
    }

    [Fact]
    public void The_silhouette_agrees_with_scikit_learn()
    {
        var e = Expected.Of("clusters");
        Assert.Equal(e.Number("silhouette"), Silhouette.Mean(Blobs(), e.Integers("assignment")), 1e-5);
    }

    [Fact]
    public void Groups_are_as_many_as_there_are_appearances_and_the_largest_comes_first()
    {
        var groups = AppearanceGroups.Find(Blobs(), 1);

        Assert.Equal(4, groups.Max());
        Assert.Equal([20, 15, 12, 9], groups.CountBy(g => g).OrderBy(g => g.Key).Select(g => g.Value));
    }

    [Fact]
    public void Fewer_than_six_images_are_not_grouped() =>
        Assert.All(AppearanceGroups.Find(new EmbeddingMatrix([.. Enumerable.Range(0, 10).Select(i => (float)i)], 5, 2), 1), g => Assert.Equal(0, g));

    [Fact]
    public void Equal_images_are_one_group() =>
        Assert.All(AppearanceGroups.Find(new EmbeddingMatrix([.. Enumerable.Repeat(0.5f, 40)], 20, 2), 1), g => Assert.Equal(1, g));

    [Fact]
    public void Any_rows_are_partitioned_without_empty_clusters_unless_they_repeat() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 8], Gen.Long).Sample((n, k, seed) =>
        {
            var random = new SeededRandom(seed);
            var rows = new EmbeddingMatrix([.. Enumerable.Range(0, n * 3).Select(_ => (float)random.NextGaussian())], n, 3);
            var fit = KMeans.Fit(rows, k, new SeededRandom(seed));
            Assert.Equal(Math.Min(n, k), fit.Assignment.Distinct().Count());
            Assert.Equal(fit.Assignment, KMeans.Fit(rows, k, new SeededRandom(seed)).Assignment);
        }, iter: 200);
}

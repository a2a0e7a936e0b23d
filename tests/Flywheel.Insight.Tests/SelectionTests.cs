using CsCheck;
using Flywheel.Insight.Selection;

namespace Flywheel.Insight.Tests;

public class SelectionTests
{
    static SelectionPool Pool(int n, int k, int d, long seed)
    {
        var random = new SeededRandom(seed);
        var p = new float[n * k];
        for (var i = 0; i < n; i++)
        {
            var row = p.AsSpan(i * k, k);
            for (var c = 0; c < k; c++) row[c] = random.NextSingle() + 0.01f;
            var sum = 0f;
            foreach (var v in row) sum += v;
            for (var c = 0; c < k; c++) row[c] /= sum;
        }
        var e = new float[n * d];
        for (var i = 0; i < e.Length; i++) e[i] = (float)random.NextGaussian();
        return new SelectionPool
        {
            Count = n,
            Classes = k,
            Probabilities = p,
            Embeddings = new EmbeddingMatrix(e, n, d),
            PerceptualHashes = [.. Enumerable.Range(0, n).Select(_ => random.NextUInt64())],
            KnownFailures = [.. Enumerable.Range(0, n).Select(_ => random.Next(5) == 0)],
            Suspicions = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble())],
        };
    }

    static double Margin(SelectionPool pool, int i)
    {
        var sorted = pool.Probabilities!.Skip(i * pool.Classes).Take(pool.Classes).OrderDescending().ToArray();
        return sorted[0] - sorted[1];
    }

    [Fact]
    public void Every_strategy_gives_different_images_as_many_as_asked_and_the_same_for_the_same_seed() =>
        Gen.Select(Gen.Enum<SelectionStrategy>().Where(s => s != SelectionStrategy.Audit), Gen.Int[1, 60], Gen.Int[2, 5], Gen.Int[1, 80], Gen.Long).Sample((strategy, n, k, budget, seed) =>
        {
            var pool = Pool(n, k, 6, seed);
            var picks = ImageSelection.Select(pool, strategy, budget, seed);
            Assert.Equal(Math.Min(n, budget), picks.Select(p => p.Index).Distinct().Count());
            Assert.Equal(Math.Min(n, budget), picks.Count);
            Assert.All(picks, p => Assert.InRange(p.Index, 0, n - 1));
            Assert.Equal(picks, ImageSelection.Select(pool, strategy, budget, seed));
        }, iter: 300);

    [Fact]
    public void Margin_takes_the_smallest_margins_in_order()
    {
        var pool = Pool(50, 3, 4, 5);
        var picks = ImageSelection.Select(pool, SelectionStrategy.Margin, 10, 0);
        Assert.Equal(Enumerable.Range(0, 50).OrderBy(i => Margin(pool, i)).Take(10), picks.Select(p => p.Index));
        Assert.All(picks, p => Assert.Equal(1 - Margin(pool, p.Index), p.Score, 1e-6));
    }

    [Fact]
    public void Auto_spends_a_tenth_at_random_and_the_rest_on_the_smallest_margins()
    {
        var pool = Pool(500, 2, 8, 6);
        var picks = ImageSelection.Select(pool, SelectionStrategy.Auto, 80, 1);

        Assert.Equal(8, picks.Count(p => p.Random));
        var drawn = picks.Where(p => p.Random).Select(p => p.Index).ToHashSet();
        Assert.Equal(Enumerable.Range(0, 500).Where(i => !drawn.Contains(i)).OrderBy(i => Margin(pool, i)).Take(72), picks.Where(p => !p.Random).Select(p => p.Index));
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(20, 2)]
    [InlineData(40, 8)]
    [InlineData(80, 8)]
    [InlineData(200, 20)]
    public void Autos_random_share_grows_with_the_budget(int budget, int share) => Assert.Equal(share, ImageSelection.RandomShare(budget));

    [Fact]
    public void Auto_takes_one_of_near_identical_pictures_and_comes_back_for_the_rest_only_when_nothing_else_is_left()
    {
        // Images 0..4 are copies with the smallest margins; 5..9 differ from them and from each other.
        var random = new SeededRandom(1);
        ulong[] hashes = [.. Enumerable.Repeat(42UL, 5), .. Enumerable.Range(0, 5).Select(_ => random.NextUInt64())];
        var pool = new SelectionPool
        {
            Count = 10,
            Classes = 2,
            Probabilities = [.. Enumerable.Range(0, 10).SelectMany(i => new[] { 0.51f + 0.01f * i, 0.49f - 0.01f * i })],
            PerceptualHashes = hashes,
        };
        Assert.Equal([0, 5, 6, 7, 8, 9], ImageSelection.Select(pool, SelectionStrategy.Auto, 6, 1).Select(p => p.Index));
        Assert.Equal([0, 5, 6, 7, 8, 9, 1, 2], ImageSelection.Select(pool, SelectionStrategy.Auto, 8, 1).Select(p => p.Index));
    }

    [Fact]
    public void Pictures_of_one_hash_that_the_model_tells_apart_are_not_near_identical()
    {
        var pool = new SelectionPool
        {
            Count = 4,
            Classes = 2,
            Probabilities = [0.51f, 0.49f, 0.52f, 0.48f, 0.53f, 0.47f, 0.54f, 0.46f],
            PerceptualHashes = [7, 7, 7, 7],
            Embeddings = new EmbeddingMatrix([1, 0, -1, 0, 0, 1, 0, -1], 4, 2),
        };
        Assert.Equal([0, 1], ImageSelection.Select(pool, SelectionStrategy.Auto, 2, 1).Select(p => p.Index));
    }

    [Fact]
    public void Failure_takes_known_failures_first_then_the_most_suspected()
    {
        var pool = Pool(60, 2, 4, 7);
        var known = Enumerable.Range(0, 60).Where(i => pool.KnownFailures![i]).ToHashSet();
        var picks = ImageSelection.Select(pool, SelectionStrategy.Failure, known.Count + 5, 3);

        Assert.Equal(known, picks.Take(known.Count).Select(p => p.Index).ToHashSet());
        Assert.Equal(Enumerable.Range(0, 60).Where(i => !known.Contains(i)).OrderByDescending(i => pool.Suspicions![i]).Take(5), picks.Skip(known.Count).Select(p => p.Index));
    }

    [Fact]
    public void Diverse_starts_at_the_largest_gradient_and_takes_no_second_of_a_kind_before_the_first_of_another()
    {
        // Four tight kinds of doubtful images, told apart by their embedding, and sure ones whose gradients all lie near zero: a fifth kind.
        var random = new SeededRandom(4);
        var e = new List<float>();
        var p = new List<float>();
        for (var i = 0; i < 100; i++)
        {
            var kind = i % 5;
            for (var d = 0; d < 5; d++) e.Add((d == kind ? 3 : 0) + 0.01f * (float)random.NextGaussian());
            p.AddRange(kind == 4 ? [0.999f, 0.001f] : [0.55f, 0.45f]);
        }
        var pool = new SelectionPool { Count = 100, Classes = 2, Probabilities = [.. p], Embeddings = new EmbeddingMatrix([.. e], 100, 5) };

        var picks = ImageSelection.Select(pool, SelectionStrategy.Diverse, 5, 9);

        // The gradient embedding spelt out.
        var norms = Enumerable.Range(0, 100).Select(i =>
        {
            var f = e.Skip(i * 5).Take(5).Sum(x => (double)x * x);
            var a = Math.Pow(p[i * 2] - 1, 2) + Math.Pow(p[i * 2 + 1], 2);
            return f * a;
        }).ToArray();
        Assert.Equal(Array.IndexOf(norms, norms.Max()), picks[0].Index);
        Assert.Equal([0, 1, 2, 3, 4], picks.Select(x => x.Index % 5).Order());
    }

    [Fact]
    public void Typical_takes_the_densest_image_as_scikit_learn_finds_it()
    {
        var e = Expected.Of("novelty");
        var rows = e.Floats("training");
        var pool = new SelectionPool { Count = rows.Length / 16, Classes = 2, Embeddings = new EmbeddingMatrix(rows, rows.Length / 16, 16) };

        var pick = Assert.Single(ImageSelection.Select(pool, SelectionStrategy.Typical, 1, 1));

        Assert.Equal(Expected.Of("typical").Integer("index"), pick.Index);
        Assert.Equal(Expected.Of("typical").Number("typicality"), pick.Score, 1e-4);
    }

    [Fact]
    public void A_strategy_without_what_it_needs_says_what() =>
        Assert.Contains("Embeddings", Assert.Throws<ArgumentException>(() => ImageSelection.Select(new SelectionPool { Count = 3, Classes = 2, Probabilities = new float[6] }, SelectionStrategy.Diverse, 1, 1)).Message);
}

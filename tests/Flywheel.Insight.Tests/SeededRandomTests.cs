using CsCheck;

namespace Flywheel.Insight.Tests;

public class SeededRandomTests
{
    [Fact]
    public void The_stream_of_a_seed_is_that_of_an_independent_implementation()
    {
        // Every "same seed, same result" hangs on these numbers.
        foreach (var e in Expected.Of("random").EnumerateArray())
        {
            var random = new SeededRandom(e.GetProperty("seed").GetInt64(), e.GetProperty("stream").GetInt64());
            Assert.Equal(e.GetProperty("values").EnumerateArray().Select(v => ulong.Parse(v.GetString()!)), Enumerable.Range(0, 6).Select(_ => random.NextUInt64()));
        }
    }

    [Fact]
    public void Seeds_and_streams_differ()
    {
        var firsts = new HashSet<ulong>();
        for (var seed = -50; seed < 50; seed++)
            for (var stream = 0; stream < 50; stream++) firsts.Add(new SeededRandom(seed, stream).NextUInt64());
        Assert.Equal(5000, firsts.Count);
    }

    [Fact]
    public void Numbers_below_a_bound_are_uniform() => Gen.Int[1, 20].Sample(bound =>
    {
        var random = new SeededRandom(bound);
        var counts = new int[bound];
        for (var i = 0; i < 20_000; i++) counts[random.Next(bound)]++;
        var expected = 20_000.0 / bound;
        // Chi-square with bound−1 degrees of freedom: mean bound−1, far less than three times that plus 20.
        Assert.InRange(counts.Sum(c => (c - expected) * (c - expected) / expected), 0, 3 * bound + 20);
    }, iter: 20);

    [Fact]
    public void Normal_numbers_have_mean_zero_and_variance_one()
    {
        var random = new SeededRandom(1);
        var values = Enumerable.Range(0, 100_000).Select(_ => random.NextGaussian()).ToArray();
        Assert.Equal(0, values.Average(), 0.02);
        Assert.Equal(1, values.Average(v => v * v), 0.03);
        Assert.Equal(3, values.Average(v => v * v * v * v), 0.15);
    }

    [Fact]
    public void Samples_are_distinct_and_permutations_whole() => Gen.Select(Gen.Int[0, 50], Gen.Int[0, 60], Gen.Long).Sample((n, k, seed) =>
    {
        var random = new SeededRandom(seed);
        Assert.Equal(Math.Min(n, k), random.Sample(n, k).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, n), random.Permutation(n).Order());
    });
}

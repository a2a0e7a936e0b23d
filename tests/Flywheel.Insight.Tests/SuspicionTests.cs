using CsCheck;
using Flywheel.Insight.Suspicion;

namespace Flywheel.Insight.Tests;

public class SuspicionTests
{
    [Fact]
    public void Distance_from_training_agrees_with_scikit_learns_neighbours()
    {
        var e = Expected.Of("novelty");
        float[] training = e.Floats("training"), query = e.Floats("query");
        var distance = TrainingDistance.Fit(new EmbeddingMatrix(training, training.Length / 16, 16), 1);

        var shares = distance.Percentiles(new EmbeddingMatrix(query, query.Length / 16, 16));

        Assert.All(shares.Zip(e.Numbers("percentiles")), x => Assert.Equal(x.Second, x.First, 0.0051)); // one of 200 may fall on the other side
    }

    [Fact]
    public void Large_training_sets_are_sampled_and_give_nearly_the_same_answer()
    {
        var random = new SeededRandom(3);
        var many = new EmbeddingMatrix([.. Enumerable.Range(0, 6000 * 8).Select(_ => (float)random.NextGaussian())], 6000, 8);
        var query = new EmbeddingMatrix([.. Enumerable.Range(0, 200 * 8).Select(_ => (float)random.NextGaussian())], 200, 8);
        Assert.InRange(TrainingDistance.Fit(many, 1).Percentiles(query).Average(), 0.4, 0.6);
    }

    [Fact]
    public void Scores_stay_in_bounds_and_grow_with_doubt_and_distance() =>
        Gen.Select(Gen.Int[2, 10], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((k, a, b, n1, n2) =>
        {
            var surest = Math.Max(a, b) * (1 - 1.0 / k) + 1.0 / k;
            var leastSure = Math.Min(a, b) * (1 - 1.0 / k) + 1.0 / k;
            double Score(double confidence, double? novelty)
            {
                // The rest of the probability is spread evenly.
                var rest = (1 - confidence) / (k - 1);
                var entropy = -(confidence * Math.Log(confidence) + (rest > 0 ? (k - 1) * rest * Math.Log(rest) : 0)) / Math.Log(k);
                return SuspicionScorer.Judge(confidence, confidence - rest, entropy, k, novelty).Score;
            }
            Assert.InRange(Score(surest, n1), 0, 1);
            Assert.True(Score(leastSure, n1) >= Score(surest, n1) - 1e-9);
            Assert.True(Score(surest, Math.Max(n1, n2)) >= Score(surest, Math.Min(n1, n2)) - 1e-9);
            Assert.True(Score(surest, null) <= 1 - 1.0 / k + 1e-9);
        });

    [Theory]
    [InlineData(0.52, 0.04, 1.0, 2, null, "margin 0.04")]
    [InlineData(0.98, 0.96, 0.1, 2, 0.991, "farther from training than 99.1 % of it")]
    [InlineData(0.98, 0.96, 0.1, 2, 1.0, "farther from training than any of it")]
    [InlineData(0.98, 0.96, 0.1, 2, 0.5, "confidence 0.98")]
    [InlineData(0.40, 0.10, 0.9, 4, 0.5, "margin 0.10, entropy 0.90")]
    public void The_reason_names_the_signs(double confidence, double margin, double entropy, int classes, double? novelty, string reason) =>
        Assert.Equal(reason, SuspicionScorer.Judge(confidence, margin, entropy, classes, novelty).Reason);
}

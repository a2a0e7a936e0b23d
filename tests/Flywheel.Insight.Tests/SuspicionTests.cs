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
    public void Doubt_stays_in_bounds_and_grows_with_uncertainty_and_distance() =>
        Gen.Select(Gen.Int[2, 10], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((k, a, b, n1, n2) =>
        {
            var (surest, leastSure) = (Math.Max(a, b), Math.Min(a, b));
            Assert.InRange(SuspicionScorer.Doubt(surest, k, n1), 0, 1);
            Assert.Equal(1 - surest, SuspicionScorer.Doubt(surest, k, null), 12);
            Assert.True(SuspicionScorer.Doubt(leastSure, k, n1) >= SuspicionScorer.Doubt(surest, k, n1) - 1e-9);
            Assert.True(SuspicionScorer.Doubt(surest, k, Math.Max(n1, n2)) >= SuspicionScorer.Doubt(surest, k, Math.Min(n1, n2)) - 1e-9);
            // Distance alone never makes an answer worse than a guess.
            Assert.True(SuspicionScorer.Doubt(surest, k, 1) <= Math.Max(1 - surest, 1 - 1.0 / k) + 1e-9);
        });

    static SuspicionSigns Signs(double confidence, double margin, double? varied = null, double? novelty = null, double? other = null, string? contradiction = null) =>
        new() { Classes = 2, Confidence = confidence, Margin = margin, VariedConfidence = varied, Novelty = novelty, OtherDoubt = other, Contradiction = contradiction };

    [Fact]
    public void Variations_stand_in_for_the_confidence_and_a_second_model_has_a_third_of_the_say()
    {
        Assert.Equal(0.05, SuspicionScorer.Judge(Signs(0.95, 0.9)).Score, 12);
        Assert.Equal(0.4, SuspicionScorer.Judge(Signs(0.95, 0.9, varied: 0.6)).Score, 12);
        Assert.Equal((2 * 0.4 + 0.97) / 3, SuspicionScorer.Judge(Signs(0.95, 0.9, varied: 0.6, other: 0.97)).Score, 12);
        Assert.Equal(0.4 + 0.5 * 0.5 * 0.1, SuspicionScorer.Judge(Signs(0.95, 0.9, varied: 0.6, novelty: 0.95)).Score, 12);
    }

    public static TheoryData<SuspicionSigns, string> Reasons => new()
    {
        { Signs(0.52, 0.04), "margin 0.04" },
        { Signs(0.98, 0.96, novelty: 0.991), "farther from training than 99.1 % of it" },
        { Signs(0.98, 0.96, novelty: 1), "farther from training than any of it" },
        { Signs(0.98, 0.96, novelty: 0.9), "confidence 0.98" },
        { Signs(0.93, 0.86, varied: 0.55), "0.93 falls to 0.55 when the picture is varied" },
        { Signs(0.93, 0.86, varied: 0.9), "confidence 0.93" },
        { Signs(0.6, 0.2, other: 0.9, contradiction: "eyes-3 says closed with 0.90"), "eyes-3 says closed with 0.90, margin 0.20" },
    };

    [Theory]
    [MemberData(nameof(Reasons))]
    public void The_reason_names_the_signs(SuspicionSigns signs, string reason) => Assert.Equal(reason, SuspicionScorer.Judge(signs).Reason);
}

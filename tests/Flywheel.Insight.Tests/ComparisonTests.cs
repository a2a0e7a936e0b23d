using CsCheck;
using Flywheel.Insight.Comparison;

namespace Flywheel.Insight.Tests;

public class ComparisonTests
{
    [Fact]
    public void McNemar_agrees_with_SciPy()
    {
        foreach (var e in Expected.Of("mcnemar").EnumerateArray())
        {
            var p = McNemar.Exact(e.Integer("gained"), e.Integer("lost"));
            Assert.Equal(1, p / e.Number("p"), 1e-7);
        }
    }

    [Fact]
    public void The_difference_and_its_interval_agree_with_an_independent_bootstrap()
    {
        var e = Expected.Of("paired");
        var groups = Expected.Of("bootstrap").Integers("groups");
        var plain = PairedComparison.Compare(e.Booleans("first"), e.Booleans("second"), options: new() { Resamples = 20_000 });
        var grouped = PairedComparison.Compare(e.Booleans("first"), e.Booleans("second"), groups, new() { Resamples = 20_000 });

        Assert.Equal(e.Number("difference"), plain.Difference.Value, 1e-12);
        Near(e.Numbers("interval"), plain);
        Near(e.Numbers("groupedInterval"), grouped);

        static void Near(double[] expected, PairedResult actual)
        {
            var tolerance = 0.1 * (expected[1] - expected[0]);
            Assert.Equal(expected[0], actual.Difference.Low, tolerance);
            Assert.Equal(expected[1], actual.Difference.High, tolerance);
        }
    }

    [Fact]
    public void An_accuracy_has_the_same_interval_here_as_among_the_figures_of_one_model()
    {
        var e = Expected.Of("binary");
        var groups = Expected.Of("bootstrap").Integers("groups");
        var hits = Expected.Of("paired").Booleans("first");
        string[] labels = ["a", "b"];
        Assert.Equal(Metrics.ClassificationMetrics.Compute(labels, e.Integers("truth"), e.Floats("probabilities"), groups).Accuracy,
            PairedComparison.Compare(hits, hits, groups).First);
        Assert.Equal(Metrics.ClassificationMetrics.Compute(labels, e.Integers("truth"), e.Floats("probabilities")).Accuracy, PairedComparison.Compare(hits, hits).Second);
    }

    static PairedResult Of(int gained, int lost, int same, Func<int, int>? group = null)
    {
        bool[] first = [.. Enumerable.Repeat(false, gained), .. Enumerable.Repeat(true, lost + same)];
        bool[] second = [.. Enumerable.Repeat(true, gained), .. Enumerable.Repeat(false, lost), .. Enumerable.Repeat(true, same)];
        return PairedComparison.Compare(first, second, group is null ? null : [.. first.Select((_, i) => group(i))]);
    }

    [Fact]
    public void A_clear_gain_is_better() => Assert.Equal(ComparisonVerdict.Better, Of(40, 10, 150).Verdict);

    [Fact]
    public void A_clear_loss_is_worse() => Assert.Equal(ComparisonVerdict.Worse, Of(10, 40, 150).Verdict);

    [Fact]
    public void A_handful_of_gains_cannot_tell()
    {
        // Five gains and no loss: the bootstrap interval nearly excludes zero, McNemar's p is 0.0625.
        var result = Of(5, 0, 100);
        Assert.Equal(0.0625, result.McNemarP, 1e-12);
        Assert.Equal(ComparisonVerdict.CannotTell, result.Verdict);
    }

    [Fact]
    public void A_gain_within_one_subject_cannot_tell()
    {
        // Forty gains, all of them in one of eight groups.
        Assert.Equal(ComparisonVerdict.CannotTell, Of(40, 0, 280, i => i / 40).Verdict);
        Assert.Equal(ComparisonVerdict.Better, Of(40, 0, 280, i => i % 8).Verdict);
    }

    [Fact]
    public void Equal_answers_cannot_tell()
    {
        var result = Of(0, 0, 50);
        Assert.Equal((0, 0, 1.0, ComparisonVerdict.CannotTell), (result.Gained, result.Lost, result.McNemarP, result.Verdict));
    }

    [Fact]
    public void Swapping_the_models_turns_the_sign() => Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[0, 4]).Array[2, 60].Sample(rows =>
    {
        bool[] a = [.. rows.Select(r => r.Item1)], b = [.. rows.Select(r => r.Item2)];
        int[] g = [.. rows.Select(r => r.Item3)];
        var one = PairedComparison.Compare(a, b, g, new() { Resamples = 200 });
        var other = PairedComparison.Compare(b, a, g, new() { Resamples = 200 });
        Assert.Equal(one.Difference.Value, -other.Difference.Value, 1e-12);
        Assert.Equal(one.Difference.Low, -other.Difference.High, 1e-12);
        Assert.Equal(one.McNemarP, other.McNemarP);
        Assert.Equal((one.Gained, one.Lost), (other.Lost, other.Gained));
    }, iter: 200);
}

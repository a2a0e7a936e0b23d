using Flywheel.Insight.Estimation;

namespace Flywheel.Insight.Tests;

public class LabelFreeTests
{
    static readonly string[] s_labels = ["a", "b", "c"];

    static LabelFreeResult OnStoredNumbers(LabelFreeOptions? options = null, bool shifts = true)
    {
        var e = Performance.Of("labelFree");
        int k = e.Integer("classes"), v = e.Integer("views");
        var truth = e.Integers("truth");
        var families = e.Integers("families");
        var reference = e.GetProperty("reference").EnumerateArray().Select((r, s) =>
            new ShiftedReference(families[s], new ViewScores([.. r.EnumerateArray().Select(x => (float)x.GetDouble())], truth.Length, v, k))).ToArray();
        var groups = e.Integers("windowGroups");
        return LabelFreeAccuracy.Estimate(shifts ? reference : reference[..1], truth, e.Integers("groups"), new ViewScores(e.Floats("window"), groups.Length, v, k), groups, s_labels, options);
    }

    [Fact]
    public void Estimates_agree_with_scikit_learn()
    {
        var e = Performance.Of("labelFree");
        var result = OnStoredNumbers();

        Assert.Equal(
            new[] { "averageConfidence", "calibrated", "thresholdedConfidence", "thresholdedEntropy", "shiftCalibrated" }.Select(name => e.Number(name)),
            result.Estimates.Select(m => m.Value), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(e.Numbers("precision"), result.Precision.Select(m => m.Value), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(e.Number("nearest"), result.Nearest, 1e-6);
        Assert.Equal(e.Number("methodError"), result.MethodError, 1e-6);
        Assert.Equal(e.Number("shiftStrength"), result.ShiftStrength, 1e-5);
    }

    [Fact]
    public void Intervals_agree_with_an_independent_bootstrap_of_reference_and_window_groups()
    {
        var expected = Performance.Of("labelFree").GetProperty("deviations");
        var result = OnStoredNumbers(new() { Resamples = 1500 });

        foreach (var (at, name) in ((int, string)[])[(0, "averageConfidence"), (1, "calibrated"), (2, "thresholdedConfidence"), (4, "shiftCalibrated")])
        {
            var m = result.Estimates[at];
            var deviation = (m.High - m.Low) / (2 * Metrics.Intervals.Z95);
            Assert.Equal(1, deviation / expected.Number(name), 0.12); // twice the noise of two times 1,500 resamples, and of few resamples' Newton steps
        }
    }

    [Fact]
    public void The_interval_holds_the_methods_error_and_the_sampling()
    {
        var result = OnStoredNumbers();
        var sampling = result.Estimates[4];

        Assert.Equal(sampling.Value, result.Best);
        Assert.True(result.Low < sampling.Low - result.MethodError && sampling.High + result.MethodError < result.High);
    }

    [Fact]
    public void The_same_seed_gives_the_same_answer_and_the_resamples_their_noise()
    {
        var one = OnStoredNumbers(new() { Resamples = 50 });

        Assert.Equal(one.Low, OnStoredNumbers(new() { Resamples = 50 }).Low);
        Assert.NotEqual(one.Low, OnStoredNumbers(new() { Resamples = 50, Seed = 2 }).Low);
    }

    [Fact]
    public void Without_pictures_to_try_it_cannot_be_known()
    {
        var result = OnStoredNumbers(shifts: false);

        Assert.False(result.Known);
        Assert.Contains("were not kept", result.Reason);
        Assert.Equal(4, result.Estimates.Count);
        Assert.Empty(result.Precision);
    }

    /// <summary>
    /// A world with a difficulty: an answer's evidence is what is there plus noise, and a model that takes its evidence for calibrated.
    /// Shifts raise the noise; they are what the reference is tried under.
    /// </summary>
    static (ViewScores Scores, int[] Truth) World(SeededRandom random, int n, double noise, double blind = 0, int[]? truth = null)
    {
        const int views = 5;
        truth ??= [.. Enumerable.Range(0, n).Select(_ => random.Next(2))];
        var p = new float[n * views * 2];
        for (var i = 0; i < n; i++)
        {
            // A blind spot: the evidence points the wrong way, firmly and steadily.
            var sign = random.NextDouble() < blind ? -1 : 1;
            var evidence = sign * (2.2 + random.NextGaussian()) + noise * random.NextGaussian();
            for (var v = 0; v < views; v++)
            {
                var logit = (truth[i] == 1 ? 1 : -1) * 2 * (evidence + (v == 0 ? 0 : 0.5 * noise * random.NextGaussian()));
                p[(i * views + v) * 2 + 1] = (float)(1 / (1 + Math.Exp(-logit)));
                p[(i * views + v) * 2] = 1 - p[(i * views + v) * 2 + 1];
            }
        }
        return (new ViewScores(p, n, views, 2), truth);
    }

    static LabelFreeResult Judge(SeededRandom random, double noise, double blind, out double accuracy)
    {
        var (first, truth) = World(random, 500, 0.6);
        ShiftedReference[] reference = [new(0, first), .. Enumerable.Range(0, 14).Select(s => new ShiftedReference(1 + s % 7, World(random, 500, 0.6 + 0.2 * (s % 7) + 0.1 * (s / 7), 0, truth).Scores))];
        var (window, windowTruth) = World(random, 800, noise, blind);
        accuracy = Enumerable.Range(0, 800).Count(i => window.WinnerOf(i) == windowTruth[i]) / 800.0;
        return LabelFreeAccuracy.Estimate(reference, truth, null, window, null, ["a", "b"], new() { Resamples = 60, LargestHalfWidth = 0.2 });
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(1.1)]
    [InlineData(1.7)]
    public void Under_shifts_like_those_tried_the_interval_holds_the_truth(double noise)
    {
        var random = new SeededRandom(31);
        var (covered, narrow) = (0, 0);
        const int runs = 20;
        for (var r = 0; r < runs; r++)
        {
            var result = Judge(random, noise, 0, out var accuracy);
            if (result.Low <= accuracy && accuracy <= result.High) covered++;
            if (result.High - result.Low < 0.6) narrow++;
        }
        Assert.True(covered >= 19, $"{covered} of {runs}");
        Assert.True(narrow >= 19, $"{narrow} of {runs} say anything");
    }

    [Fact]
    public void Beyond_every_shift_tried_it_cannot_be_known()
    {
        var result = Judge(new SeededRandom(7), 6, 0, out _);

        Assert.False(result.Known);
        Assert.Contains("beyond every shift", result.Reason);
    }

    [Fact]
    public void Something_else_than_the_reference_cannot_be_known_however_sure_the_model_is()
    {
        var e = OnStoredNumbers(new() { Resamples = 50, DomainAuc = 0.97, LargestHalfWidth = 0.5 });

        Assert.False(e.Known);
        Assert.Contains("AUC 0.97", e.Reason);
        Assert.True(OnStoredNumbers(new() { Resamples = 50, DomainAuc = 0.6, LargestHalfWidth = 0.5 }).Known);
    }

    [Fact]
    public void A_domain_classifier_tells_sets_apart_and_not_the_groups_within_one()
    {
        var random = new SeededRandom(9);
        EmbeddingMatrix Draw(int groups, double shift, out int[] of)
        {
            of = [.. Enumerable.Range(0, groups * 25).Select(i => i / 25)];
            var values = new float[of.Length * 6];
            for (var g = 0; g < groups; g++)
            {
                // Subjects differ much; the sets only by the shift.
                double[] centre = [.. Enumerable.Range(0, 6).Select(_ => random.NextGaussian())];
                for (var i = 25 * g; i < 25 * (g + 1); i++)
                    for (var d = 0; d < 6; d++) values[i * 6 + d] = (float)(centre[d] + 0.5 * random.NextGaussian() + (d == 0 ? shift : 0));
            }
            return new EmbeddingMatrix(values, of.Length, 6);
        }
        double Mean(double shift) => Enumerable.Range(0, 10).Average(s => DomainGap.Auc(Draw(20, 0, out var a), a, Draw(20, shift, out var b), b, s));

        Assert.InRange(Mean(0), 0.4, 0.6);
        Assert.True(Mean(4) > 0.95);
        Assert.True(double.IsNaN(DomainGap.Auc(Draw(1, 0, out var one), one, Draw(5, 0, out var five), five, 1)));
    }

    [Fact]
    public void Rows_that_do_not_match_are_refused()
    {
        var (scores, truth) = World(new SeededRandom(1), 20, 1);
        Assert.Throws<ArgumentException>(() => LabelFreeAccuracy.Estimate([new(0, scores)], truth[..10], null, scores, null, ["a", "b"]));
        Assert.Throws<ArgumentException>(() => LabelFreeAccuracy.Estimate([new(1, scores)], truth, null, scores, null, ["a", "b"]));
        Assert.Throws<ArgumentException>(() => new ViewScores(new float[7], 2, 2, 2));
    }
}

using CsCheck;
using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.Tests;

public class MetricsTests
{
    static string[] Labels(int k) => [.. Enumerable.Range(0, k).Select(i => $"c{i}")];

    [Theory]
    [InlineData("binary")]
    [InlineData("four")]
    [InlineData("absent")]
    public void Figures_agree_with_scikit_learn(string name)
    {
        var e = Expected.Of(name);
        var k = e.Integer("classes");
        var report = ClassificationMetrics.Compute(Labels(k), e.Integers("truth"), e.Floats("probabilities"), options: new() { Resamples = 100 });

        Assert.Equal(e.Number("accuracy"), report.Accuracy.Value, 1e-9);
        Assert.Equal(e.Number("balancedAccuracy"), report.BalancedAccuracy.Value, 1e-9);
        Assert.Equal(e.Number("auroc"), report.Auroc.Value, 1e-9);
        Assert.Equal(e.Number("ece"), report.CalibrationError.Value, 1e-6);
        // Probabilities of exactly 0 are kept off it by a float's resolution, there as here.
        Assert.Equal(e.Number("logLoss"), report.LogLoss.Value, 1e-5);
        var confusion = e.GetProperty("confusion").EnumerateArray().SelectMany(r => r.EnumerateArray().Select(x => x.GetInt32()));
        Assert.Equal(confusion, report.Confusion.SelectMany(r => r));
        for (var c = 0; c < k; c++)
        {
            var support = e.Integers("support")[c];
            Assert.Equal(support, report.Classes[c].Support);
            if (support == 0) continue; // scikit-learn says 0 where nothing can be said
            Assert.Equal(e.Numbers("recall")[c], report.Classes[c].Recall.Value, 1e-9);
            Assert.Equal(e.Numbers("precision")[c], report.Classes[c].Precision.Value, 1e-9);
            Assert.Equal(e.Numbers("f1")[c], report.Classes[c].F1.Value, 1e-9);
        }
    }

    [Fact]
    public void A_label_no_image_has_is_undefined_and_not_zero()
    {
        var e = Expected.Of("absent");
        var absent = ClassificationMetrics.Compute(Labels(3), e.Integers("truth"), e.Floats("probabilities"), options: new() { Resamples = 100 }).Classes[2];

        Assert.All(new[] { absent.Recall, absent.F1 }, m =>
        {
            Assert.True(double.IsNaN(m.Value) && double.IsNaN(m.Low) && double.IsNaN(m.High));
            Assert.Equal(0, m.N);
        });
    }

    [Fact]
    public void A_label_never_predicted_has_no_precision_but_a_recall_of_zero()
    {
        var never = ClassificationMetrics.Compute(Labels(2), [0, 0, 1], [0.9f, 0.1f, 0.8f, 0.2f, 0.6f, 0.4f]).Classes[1];

        Assert.True(double.IsNaN(never.Precision.Value));
        Assert.Equal(0, never.Precision.N);
        Assert.Equal(0, never.Recall.Value);
        Assert.Equal(0, never.F1.Value);
    }

    [Fact]
    public void One_class_alone_has_no_auroc()
    {
        var report = ClassificationMetrics.Compute(Labels(2), [1, 1, 1], [0.1f, 0.9f, 0.2f, 0.8f, 0.6f, 0.4f]);

        Assert.True(double.IsNaN(report.Auroc.Value));
        Assert.Equal(0, report.Auroc.N);
        Assert.Equal(2 / 3.0, report.BalancedAccuracy.Value, 1e-12);
    }

    [Fact]
    public void An_empty_set_has_no_figures()
    {
        var report = ClassificationMetrics.Compute(Labels(2), [], []);

        Assert.Equal(0, report.N);
        Assert.All(new[] { report.Accuracy, report.BalancedAccuracy, report.Auroc, report.CalibrationError, report.LogLoss }, m => Assert.True(double.IsNaN(m.Value)));
    }

    [Fact]
    public void Wilson_agrees_with_SciPy()
    {
        foreach (var e in Expected.Of("wilson").EnumerateArray())
        {
            var (low, high) = Intervals.Wilson(e.Number("successes"), e.Number("trials"));
            Assert.Equal(e.Number("low"), low, 1e-9);
            Assert.Equal(e.Number("high"), high, 1e-9);
        }
    }

    [Fact]
    public void Bootstrap_intervals_agree_with_an_independent_bootstrap()
    {
        var e = Expected.Of("binary");
        var b = Expected.Of("bootstrap");
        var options = new MetricOptions { Resamples = 20_000 };
        var plain = ClassificationMetrics.Compute(Labels(2), e.Integers("truth"), e.Floats("probabilities"), options: options);
        var grouped = ClassificationMetrics.Compute(Labels(2), e.Integers("truth"), e.Floats("probabilities"), b.Integers("groups"), options);

        Near(b.Numbers("groupedAccuracy"), grouped.Accuracy);
        Near(b.Numbers("groupedLogLoss"), grouped.LogLoss);
        Near(b.Numbers("groupedAuroc"), grouped.Auroc);
        Near(b.Numbers("logLoss"), plain.LogLoss);
        Near(b.Numbers("auroc"), plain.Auroc);
        Near(b.Numbers("balancedAccuracy"), plain.BalancedAccuracy);
        Near(b.Numbers("f1"), plain.Classes[1].F1);
        Assert.Equal("GroupBootstrap", grouped.Accuracy.Method);
        Assert.Equal("Wilson", plain.Accuracy.Method);
        Assert.Equal(24, grouped.Groups);

        // A tenth of the interval's width is several times the noise of 20,000 resamples in a 2.5 % tail.
        static void Near(double[] expected, Metric actual)
        {
            var tolerance = 0.1 * (expected[1] - expected[0]);
            Assert.Equal(expected[0], actual.Low, tolerance);
            Assert.Equal(expected[1], actual.High, tolerance);
        }
    }

    [Fact]
    public void Answers_alike_within_groups_make_the_interval_wider()
    {
        // Ten subjects of thirty images, each subject all right or mostly wrong.
        var truth = Enumerable.Range(0, 300).Select(i => i % 2).ToArray();
        var groups = Enumerable.Range(0, 300).Select(i => i / 30).ToArray();
        var probabilities = Enumerable.Range(0, 300).SelectMany(i => (i / 30 % 3 == 0) ^ (truth[i] == 0) ? new[] { 0.8f, 0.2f } : [0.2f, 0.8f]).ToArray();

        var alone = ClassificationMetrics.Compute(Labels(2), truth, probabilities).Accuracy;
        var grouped = ClassificationMetrics.Compute(Labels(2), truth, probabilities, groups).Accuracy;

        Assert.Equal(alone.Value, grouped.Value, 1e-12);
        Assert.True(grouped.High - grouped.Low > 3 * (alone.High - alone.Low));
    }

    [Fact]
    public void All_right_in_few_groups_is_not_certainty()
    {
        var truth = Enumerable.Range(0, 400).Select(i => i % 2).ToArray();
        var probabilities = truth.SelectMany(t => t == 0 ? new[] { 0.9f, 0.1f } : [0.1f, 0.9f]).ToArray();

        var accuracy = ClassificationMetrics.Compute(Labels(2), truth, probabilities, [.. truth.Select((_, i) => i / 100)]).Accuracy;

        Assert.Equal(1, accuracy.High);
        Assert.InRange(accuracy.Low, 0.4, 0.6); // four groups: Wilson 4 of 4 gives 0.51
    }

    [Fact]
    public void A_recall_of_one_rests_on_the_groups_that_have_the_label()
    {
        // Forty groups, but only three of them hold images of the second label.
        var groups = Enumerable.Range(0, 400).Select(i => i / 10).ToArray();
        var truth = groups.Select((g, i) => g < 3 && i % 2 == 0 ? 1 : 0).ToArray();
        var probabilities = truth.SelectMany(t => t == 0 ? new[] { 0.9f, 0.1f } : [0.1f, 0.9f]).ToArray();

        var report = ClassificationMetrics.Compute(Labels(2), truth, probabilities, groups);

        Assert.Equal(Intervals.Wilson(3, 3).Low, report.Classes[1].Recall.Low, 1e-12);
        Assert.Equal(Intervals.Wilson(40, 40).Low, report.Classes[0].Recall.Low, 1e-12);
    }

    [Fact]
    public void One_group_gives_figures_without_intervals()
    {
        var e = Expected.Of("binary");
        var report = ClassificationMetrics.Compute(Labels(2), e.Integers("truth"), e.Floats("probabilities"), new int[e.Integers("truth").Length]);

        Assert.Equal(e.Number("accuracy"), report.Accuracy.Value, 1e-9);
        Assert.True(double.IsNaN(report.Accuracy.Low) && double.IsNaN(report.LogLoss.High));
    }

    static readonly Gen<(int K, (int Truth, int Group, float[] Scores)[] Rows)> s_sets =
        Gen.Int[2, 4].SelectMany(k => Gen.Select(Gen.Int[0, k - 1], Gen.Int[0, 5], Gen.Int[0, 10].Array[k]).Array[2, 40].Select(rows =>
            (k, rows.Select(r => (r.Item1, r.Item2, Softened(r.Item3))).ToArray())));

    static float[] Softened(int[] scores)
    {
        double sum = scores.Sum(s => s + 0.5);
        return [.. scores.Select(s => (float)((s + 0.5) / sum))];
    }

    static ClassificationReport Compute((int K, (int Truth, int Group, float[] Scores)[] Rows) set, bool grouped, IEnumerable<int>? order = null)
    {
        var rows = (order ?? Enumerable.Range(0, set.Rows.Length)).Select(i => set.Rows[i]).ToArray();
        return ClassificationMetrics.Compute(Labels(set.K), [.. rows.Select(r => r.Truth)], [.. rows.SelectMany(r => r.Scores)],
            grouped ? [.. rows.Select(r => r.Group)] : null, new() { Resamples = 100, Seed = 3 });
    }

    static IEnumerable<Metric> All(ClassificationReport r) =>
        [r.Accuracy, r.BalancedAccuracy, r.Auroc, r.CalibrationError, r.LogLoss, .. r.Classes.SelectMany(c => new[] { c.Precision, c.Recall, c.F1 })];

    [Fact]
    public void Intervals_contain_the_figure_and_stay_in_bounds() => Gen.Select(s_sets, Gen.Bool).Sample((set, grouped) =>
    {
        foreach (var m in All(Compute(set, grouped)))
        {
            if (double.IsNaN(m.Value))
            {
                Assert.Equal(0, m.N);
                continue;
            }
            Assert.True(m.Value >= 0 && (m.Name == "log loss" || m.Value <= 1), m.ToString());
            if (double.IsNaN(m.Low)) continue;
            Assert.True(m.Low <= m.Value + 1e-12 && m.Value <= m.High + 1e-12 && m.Low >= 0 && (m.Name == "log loss" || m.High <= 1), m.ToString());
        }
    }, iter: 300);

    [Fact]
    public void The_order_of_the_images_does_not_matter() => Gen.Select(s_sets, Gen.Int).Sample((set, seed) =>
    {
        var one = Compute(set, true);
        var other = Compute(set, true, new SeededRandom(seed).Permutation(set.Rows.Length));
        foreach (var (a, b) in All(one).Zip(All(other)))
        {
            Assert.Equal(a.Value, b.Value, 1e-6);
            Assert.Equal(a.Low, b.Low, 1e-6);
            Assert.Equal(a.High, b.High, 1e-6);
        }
    }, iter: 100);

    [Fact]
    public void The_same_seed_gives_the_same_intervals_on_any_number_of_threads() => s_sets.Sample(set =>
        Assert.Equal(All(Compute(set, false)), All(Compute(set, false))), iter: 50);

    [Fact]
    public void Cancellation_ends_the_resampling()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ClassificationMetrics.Compute(Labels(2), [0, 1], [0.6f, 0.4f, 0.4f, 0.6f], token: stop.Token));
    }

    [Fact]
    public void Too_few_resamples_are_refused() =>
        Assert.Equal("InvalidResamples", Assert.Throws<FlywheelException>(() => ClassificationMetrics.Compute(Labels(2), [0, 1], [0.6f, 0.4f, 0.4f, 0.6f], options: new() { Resamples = 10 })).ErrorId);
}

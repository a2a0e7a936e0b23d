using Flywheel.Insight.Comparison;
using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.Tests;

public class PairedFiguresTests
{
    static readonly string[] s_labels = ["a", "b"];

    /// <summary>Expected values from <c>python3 reference/tango.py</c>, which maximises the constrained likelihood by search.</summary>
    [Theory]
    [InlineData(14, 6, 200, -0.00418, 0.08853)]
    [InlineData(1, 7, 21, -0.51723, -0.02600)]
    [InlineData(0, 5, 60, -0.18069, -0.01815)]
    [InlineData(40, 38, 1404, -0.01114, 0.01405)]
    [InlineData(3, 0, 30, -0.02486, 0.25621)]
    public void Tangos_interval_agrees_with_its_definition(int gained, int lost, int n, double low, double high)
    {
        var interval = PairedProportion.Interval(gained, lost, n);
        Assert.Equal(low, interval.Low, 2e-5);
        Assert.Equal(high, interval.High, 2e-5);
    }

    [Fact]
    public void Without_a_discordant_pair_the_interval_is_the_closed_form_and_mirrors()
    {
        var z2 = Intervals.Z95 * Intervals.Z95;
        var (low, high) = PairedProportion.Interval(0, 0, 40);
        Assert.Equal(z2 / (40 + z2), high, 1e-9);
        Assert.Equal(-high, low, 1e-9);
        var (a, b) = PairedProportion.Interval(9, 2, 70);
        var (c, d) = PairedProportion.Interval(2, 9, 70);
        Assert.Equal((-b, -a), (c, d), new Close());
        Assert.True(double.IsNaN(PairedProportion.Interval(0, 0, 0).Low));
    }

    sealed class Close : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) => Math.Abs(x.Item1 - y.Item1) < 1e-9 && Math.Abs(x.Item2 - y.Item2) < 1e-9;

        public int GetHashCode((double, double) obj) => 0;
    }

    /// <summary>
    /// Simulated with rare discordant pairs, where the percentile bootstrap fails; 4,000 runs have a standard error of 0.34 points. Counts that
    /// small let a score interval fall short of 95 % by a point or two.
    /// </summary>
    [Theory]
    [InlineData(30, 0.02, 0.05)]
    [InlineData(200, 0.01, 0.02)]
    public void Tangos_interval_covers(int n, double gain, double loss)
    {
        var random = new SeededRandom(5);
        var covered = 0;
        for (var run = 0; run < 4000; run++)
        {
            int gained = 0, lost = 0;
            for (var i = 0; i < n; i++)
            {
                var u = random.NextDouble();
                if (u < gain) gained++;
                else if (u < gain + loss) lost++;
            }
            var (low, high) = PairedProportion.Interval(gained, lost, n);
            if (low <= gain - loss && gain - loss <= high) covered++;
        }
        Assert.InRange(covered / 4000.0, 0.93, 0.999);
    }

    static float[] Scores(IEnumerable<double> ofB) => [.. ofB.SelectMany(p => new[] { (float)(1 - p), (float)p })];

    /// <summary>Truth alternates; the first errs on every tenth image, the second on every fifteenth.</summary>
    static (int[] Truth, float[] First, float[] Second) Case(int n)
    {
        int[] truth = [.. Enumerable.Range(0, n).Select(i => i % 2)];
        float[] Of(int every, double sure) => Scores(truth.Select((t, i) => (t == 1) ^ (i % every == every - 1) ? sure : 1 - sure));
        return (truth, Of(10, 0.8), Of(15, 0.9));
    }

    [Theory]
    [InlineData(ModelFigure.Accuracy)]
    [InlineData(ModelFigure.BalancedAccuracy)]
    [InlineData(ModelFigure.Auroc)]
    [InlineData(ModelFigure.CalibrationError)]
    [InlineData(ModelFigure.LogLoss)]
    [InlineData(ModelFigure.Recall)]
    [InlineData(ModelFigure.Precision)]
    [InlineData(ModelFigure.F1)]
    public void A_difference_is_that_of_the_figures_and_lies_in_its_interval(ModelFigure figure)
    {
        var (truth, first, second) = Case(300);
        var label = figure is ModelFigure.Recall or ModelFigure.Precision or ModelFigure.F1 ? 1 : -1;
        double Of(float[] scores)
        {
            var r = ClassificationMetrics.Compute(s_labels, truth, scores);
            return (figure switch
            {
                ModelFigure.Accuracy => r.Accuracy,
                ModelFigure.BalancedAccuracy => r.BalancedAccuracy,
                ModelFigure.Auroc => r.Auroc,
                ModelFigure.CalibrationError => r.CalibrationError,
                ModelFigure.LogLoss => r.LogLoss,
                ModelFigure.Recall => r.Classes[1].Recall,
                ModelFigure.Precision => r.Classes[1].Precision,
                _ => r.Classes[1].F1,
            }).Value;
        }
        var d = new PairedFigures(s_labels, truth, first, second).Difference(figure, label).Difference;
        Assert.Equal(Of(second) - Of(first), d.Value, 1e-9);
        Assert.True(d.Low < d.Value && d.Value < d.High, d.ToString());
        var half = new PairedFigures(s_labels, truth, first, second).Difference(figure, label, 0.5).Difference;
        Assert.Equal(Of(second) - 0.5 * Of(first), half.Value, 1e-9);
    }

    [Fact]
    public void With_groups_an_accuracy_has_the_interval_of_the_paired_comparison()
    {
        var (truth, first, second) = Case(300);
        int[] groups = [.. Enumerable.Range(0, 300).Select(i => i / 12)];
        bool[] Right(float[] p) => [.. truth.Select((t, i) => (p[2 * i + 1] > p[2 * i] ? 1 : 0) == t)];
        var known = PairedComparison.Compare(Right(first), Right(second), groups).Difference;
        var d = new PairedFigures(s_labels, truth, first, second, groups).Difference(ModelFigure.Accuracy).Difference;
        Assert.Equal(known.Low, d.Low, 1e-12);
        Assert.Equal(known.High, d.High, 1e-12);
    }

    [Fact]
    public void Agreement_on_a_few_images_proves_nothing_and_the_same_answers_everywhere_prove_equality()
    {
        var (truth, first, _) = Case(8);
        var other = first.Select(p => p > 0.5f ? p - 0.1f : p + 0.1f).ToArray();
        var few = new PairedFigures(s_labels, truth, first, other).Difference(ModelFigure.Accuracy).Difference;
        Assert.Equal(0, few.Value);
        Assert.InRange(few.High, 0.3, 0.4);
        var precision = new PairedFigures(s_labels, truth, first, other).Difference(ModelFigure.Precision, 1).Difference;
        Assert.True(precision.High > 0.3, precision.ToString());
        var same = new PairedFigures(s_labels, truth, first, [.. first]).Difference(ModelFigure.LogLoss).Difference;
        Assert.Equal((0, 0, 0), (same.Value, same.Low, same.High));
    }

    [Fact]
    public void A_label_no_image_has_and_too_few_groups_are_undefined()
    {
        var (_, first, second) = Case(30);
        var none = new PairedFigures(s_labels, new int[30], first, second).Difference(ModelFigure.Recall, 1).Difference;
        Assert.True(double.IsNaN(none.Value));
        var (truth, _, _) = Case(30);
        var few = new PairedFigures(s_labels, truth, first, second, [.. Enumerable.Range(0, 30).Select(i => i % 4)]).Difference(ModelFigure.Accuracy).Difference;
        Assert.True(double.IsNaN(few.Low) && !double.IsNaN(few.Value));
    }

    [Fact]
    public void Slices_hold_together_and_groups_widen_them()
    {
        const int n = 240;
        bool[] first = [.. Enumerable.Range(0, n).Select(i => i % 12 != 0)];
        bool[] second = [.. Enumerable.Range(0, n).Select(i => i / 12 % 4 != 0)]; // fails in whole groups of twelve
        int[] groups = [.. Enumerable.Range(0, n).Select(i => i / 12)];
        IReadOnlyList<int> all = [.. Enumerable.Range(0, n)], half = [.. Enumerable.Range(0, n / 2)];

        var alone = SliceComparison.Compare(first, second, null, [all])[0];
        var known = PairedProportion.Interval(Enumerable.Range(0, n).Count(i => second[i] && !first[i]), Enumerable.Range(0, n).Count(i => first[i] && !second[i]), n);
        Assert.Equal(known.Low, alone.Low, 1e-6);
        var together = SliceComparison.Compare(first, second, null, [all, half, all, half])[0];
        Assert.True(together.Low < alone.Low && together.High > alone.High);
        var grouped = SliceComparison.Compare(first, second, groups, [all])[0];
        Assert.True(grouped.High - grouped.Low > 2 * (alone.High - alone.Low), $"{grouped} {alone}");
        Assert.False(SliceComparison.IsLargeEnough([.. Enumerable.Range(0, 29)], null));
        Assert.True(SliceComparison.IsLargeEnough([.. Enumerable.Range(0, 30)], null));
        Assert.False(SliceComparison.IsLargeEnough([.. Enumerable.Range(0, 84)], groups));
        Assert.True(SliceComparison.IsLargeEnough([.. Enumerable.Range(0, 96)], groups));
    }

    /// <summary>Of twenty slices that are all alike, hardly ever is one shown to be worse; with group effects, too.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Equal_models_are_not_accused(bool grouped)
    {
        var accused = 0;
        for (var run = 0; run < 200; run++)
        {
            var random = new SeededRandom(run);
            const int n = 1000;
            int[] groups = [.. Enumerable.Range(0, n).Select(i => i / 10)];
            double[] ease = [.. Enumerable.Range(0, n / 10).Select(_ => random.NextDouble())];
            bool Answer(int group) => random.NextDouble() < (grouped ? ease[group] : 0.5) * 0.3 + 0.6;
            bool[] first = new bool[n], second = new bool[n];
            for (var i = 0; i < n; i++)
            {
                first[i] = Answer(groups[i]);
                second[i] = Answer(groups[i]);
            }
            var slices = Enumerable.Range(0, 20).Select(s => (IReadOnlyList<int>)[.. Enumerable.Range(0, n).Where(i => (grouped ? groups[i] : i) % 20 == s || (grouped ? groups[i] : i) % 20 == (s + 7) % 20)]).ToList();
            if (SliceComparison.Compare(first, second, grouped ? groups : null, slices).Any(d => d.High < 0)) accused++;
        }
        Assert.InRange(accused, 0, 13); // expected at most 5; 13 is beyond the 99.9 % point of Binomial(200, 0.025)
    }
}

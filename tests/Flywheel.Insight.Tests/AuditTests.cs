using Flywheel.Insight.Estimation;
using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.Tests;

public class AuditTests
{
    [Theory]
    [InlineData(60, 57)]
    [InlineData(60, 60)]
    [InlineData(20, 3)]
    [InlineData(15, 0)]
    public void One_stratum_gives_Wilsons_interval(int n, int right)
    {
        var (value, low, high) = StratifiedAudit.Estimate([new AuditStratum(1e12, n, right)]);
        var wilson = Intervals.Wilson(right, n);

        Assert.Equal(right / (double)n, value, 1e-12);
        Assert.Equal(wilson.Low, low, 1e-6);
        Assert.Equal(wilson.High, high, 1e-6);
    }

    [Fact]
    public void Intervals_agree_with_an_independent_optimiser()
    {
        foreach (var e in Performance.Of("audits").EnumerateArray())
        {
            var strata = e.Numbers("population").Zip(e.Integers("sample"), e.Integers("right")).Select(s => new AuditStratum(s.First, s.Second, s.Third)).ToArray();
            var (value, low, high) = StratifiedAudit.Estimate(strata);
            Assert.Equal(e.Number("value"), value, 1e-9);
            Assert.Equal(e.Number("low"), low, 1e-5);
            Assert.Equal(e.Number("high"), high, 1e-5);
        }
    }

    [Fact]
    public void A_census_is_certain()
    {
        var (value, low, high) = StratifiedAudit.Estimate([new AuditStratum(10, 10, 9), new AuditStratum(30, 30, 30)]);
        Assert.Equal((39 / 40.0, 39 / 40.0, 39 / 40.0), (value, low, high));
    }

    [Fact]
    public void A_stratum_nobody_looked_at_is_refused() =>
        Assert.Throws<ArgumentException>(() => StratifiedAudit.Estimate([new AuditStratum(10, 0, 0), new AuditStratum(30, 20, 20)]));

    /// <summary>Calibrated, overconfident and underconfident models; the confidence tells much or nothing.</summary>
    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(-0.8, 1.0)]
    [InlineData(0.8, 1.0)]
    [InlineData(2.2, 0.0)]
    public void Sixty_labels_cover_the_truth(double offset, double slope)
    {
        var random = new SeededRandom(5);
        const int n = 1500, draws = 2000;
        double[] confidence = new double[n];
        bool[] right = new bool[n];
        for (var i = 0; i < n; i++)
        {
            var logit = 2.5 + 1.8 * random.NextGaussian();
            confidence[i] = Math.Max(0.5, 1 / (1 + Math.Exp(-Math.Abs(logit))));
            right[i] = random.NextDouble() < 1 / (1 + Math.Exp(-(offset + slope * Math.Abs(logit))));
        }
        var truth = right.Count(r => r) / (double)n;
        var cuts = StratifiedAudit.Cuts(confidence, StratifiedAudit.StrataFor(60));
        var members = Enumerable.Range(0, n).GroupBy(i => StratifiedAudit.StratumOf(confidence[i], cuts)).OrderBy(g => g.Key).Select(g => g.ToArray()).ToArray();
        var allocation = StratifiedAudit.Allocate([.. members.Select(m => m.Length)], [.. members.Select(m => m.Average(i => confidence[i]))], 60);
        var (covered, width, wilsonWidth) = (0, 0.0, 0.0);
        for (var d = 0; d < draws; d++)
        {
            var strata = members.Select((m, h) => new AuditStratum(m.Length, allocation[h], random.Sample(m.Length, allocation[h]).Count(at => right[m[at]]))).ToArray();
            var (_, low, high) = StratifiedAudit.Estimate(strata);
            if (low <= truth && truth <= high) covered++;
            width += (high - low) / draws;
            var wilson = Intervals.Wilson(random.Sample(n, 60).Count(i => right[i]), 60);
            wilsonWidth += (wilson.High - wilson.Low) / draws;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"accuracy {truth:0.000}: {draws} draws, coverage {covered / (double)draws:0.000}, width {width:0.000}; simple random sample with Wilson {wilsonWidth:0.000}"));
        Assert.True(covered >= 0.93 * draws, $"{covered} of {draws}");
        // Confidence that tells something makes the interval narrower; confidence that tells nothing costs little.
        Assert.True(slope == 0 ? width < 1.15 * wilsonWidth : width < wilsonWidth, $"{width} against {wilsonWidth}");
    }

    [Fact]
    public void Strata_share_the_expected_variation_and_part_no_equals()
    {
        var random = new SeededRandom(3);
        double[] confidence = [.. Enumerable.Range(0, 1000).Select(_ => Math.Round(random.NextDouble(0.5, 1), 2))];
        var cuts = StratifiedAudit.Cuts(confidence, 4);

        Assert.Equal(4, cuts.Length);
        Assert.Equal(1, cuts[^1]);
        var shares = confidence.GroupBy(c => StratifiedAudit.StratumOf(c, cuts)).Select(g => g.Sum(c => Math.Max(StratifiedAudit.LeastDeviation, Math.Sqrt(c * (1 - c))))).ToArray();
        Assert.All(shares, s => Assert.InRange(s / shares.Sum(), 0.2, 0.3));
        Assert.DoesNotContain(confidence, c => cuts.Contains(c) && c < 1);
    }

    [Fact]
    public void Equal_confidences_are_one_stratum() => Assert.Equal([1.0], StratifiedAudit.Cuts([.. Enumerable.Repeat(0.9, 50)], 4));

    [Fact]
    public void Allocation_spends_the_budget_where_doubt_and_images_are()
    {
        var given = StratifiedAudit.Allocate([100, 400, 1000], [0.6, 0.85, 0.99], 60);

        Assert.Equal(60, given.Sum());
        // Neyman: 100·0.49, 400·0.357, 1000·0.2 of 392.
        Assert.Equal([7.5, 21.9, 30.6], given.Select(g => (double)g), (a, b) => Math.Abs(a - b) <= 1.5);
        Assert.Equal([3, 5], StratifiedAudit.Allocate([3, 5], [0.9, 0.9], 60));
    }

    [Fact]
    public void The_smallest_sample_holds_its_half_width_and_one_label_less_does_not()
    {
        int[] populations = [300, 500, 1200];
        double[] accuracies = [0.7, 0.9, 0.97];
        var (sample, allocation) = StratifiedAudit.SmallestSample(populations, accuracies, 0.02);

        Assert.Equal(sample, allocation.Sum());
        // A simple random sample of accuracy 0.912 would need 1.96²·p(1−p)/0.02² = 771 before the finite-population correction, 556 after.
        Assert.InRange(sample, 250, 500);
        Assert.Equal(2000, StratifiedAudit.SmallestSample(populations, accuracies, 1e-9).Sample);
        Assert.True(StratifiedAudit.SmallestSample(populations, accuracies, 0.04).Sample < sample / 2);
    }
}

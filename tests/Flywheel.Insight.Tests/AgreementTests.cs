using System.Text.Json;
using Flywheel.Insight.LabelQuality;
using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.Tests;

/// <summary>Agreement and consensus against plain loops in Python; the cases and the command that made them are in reference/labels.py.</summary>
public class AgreementTests
{
    static JsonElement Of(string name)
    {
        using var stream = typeof(Expected).Assembly.GetManifestResourceStream("labels.json")!;
        return JsonDocument.Parse(stream).RootElement.Clone().GetProperty(name);
    }

    static List<Vote> Votes(JsonElement c)
    {
        var (items, annotators, votes) = (c.Integers("items"), c.Integers("annotators"), c.Integers("votes"));
        return [.. items.Select((item, i) => new Vote(item, annotators[i], votes[i]))];
    }

    [Fact]
    public void Alpha_and_kappa_agree_with_the_definitions()
    {
        foreach (var c in Of("agreement").EnumerateArray())
        {
            var votes = Votes(c);
            var figures = Agreement.Measure(votes, c.Integer("classes"), new MetricOptions { Resamples = 500 });
            Assert.Equal(c.Number("alpha"), figures.Alpha.Value, 1e-12);
            Assert.InRange(figures.Alpha.Value, figures.Alpha.Low, figures.Alpha.High);
            Assert.InRange(figures.Alpha.High - figures.Alpha.Low, 0.05, 0.5);
            if (c.TryGetProperty("fleiss", out var fleiss)) Assert.Equal(fleiss.GetDouble(), figures.FleissKappa, 1e-12);
            foreach (var (expected, pair) in c.GetProperty("cohen").EnumerateArray().Zip(figures.Pairs))
            {
                Assert.Equal((expected.Integer("a"), expected.Integer("b"), expected.Integer("n")), (pair.A, pair.B, pair.N));
                Assert.Equal(expected.Number("kappa"), pair.Kappa, 1e-12);
            }
        }
    }

    [Fact]
    public void Krippendorffs_own_example_gives_his_alpha()
    {
        var units = Of("krippendorff").GetProperty("units").EnumerateArray().Select(u => u.EnumerateArray().Select(v => v.GetInt32() - 1).ToList()).ToList();
        List<Vote> votes = [.. units.SelectMany((u, item) => u.Select((value, who) => new Vote(item, who, value)))];
        Assert.Equal(0.743, Agreement.KrippendorffAlpha(votes, 5), 5e-4);
    }

    [Fact]
    public void Consensus_agrees_with_the_reference()
    {
        foreach (var c in Of("agreement").EnumerateArray())
        {
            var votes = Votes(c);
            int items = votes.Max(v => v.Item) + 1, annotators = votes.Max(v => v.Annotator) + 1, k = c.Integer("classes");
            var fit = DawidSkene.Fit(votes, items, annotators, k);
            Assert.All(c.Numbers("posterior").Zip(fit.Posterior), x => Assert.Equal(x.First, x.Second, 1e-6));
            Assert.All(c.Numbers("confusion").Zip(fit.Confusion), x => Assert.Equal(x.First, x.Second, 1e-6));
            Assert.All(c.Numbers("prior").Zip(fit.Prior), x => Assert.Equal(x.First, x.Second, 1e-6));
        }
    }

    [Fact]
    public void A_careless_annotator_is_told_from_good_ones_and_outvoted()
    {
        var random = new SeededRandom(5);
        double[] right = [0.95, 0.95, 0.95, 0.4];
        int[] truth = [.. Enumerable.Range(0, 300).Select(_ => random.Next(2))];
        List<Vote> votes = [.. truth.SelectMany((t, i) => right.Select((r, a) => new Vote(i, a, random.NextDouble() < r ? t : 1 - t)))];
        var fit = DawidSkene.Fit(votes, 300, 4, 2);
        for (var a = 0; a < 4; a++) Assert.InRange(fit.Accuracy(a), right[a] - 0.08, right[a] + 0.08);
        Assert.InRange(truth.Index().Count(t => fit.Of(t.Index).Class == t.Item), 294, 300);
        // Judged by the others alone, nobody is flattered by an own vote.
        var careless = votes.Where(v => v.Annotator == 3).Count(v => fit.Without(v) == v.Class) / 300.0;
        Assert.InRange(careless, 0.3, 0.5);
    }

    [Fact]
    public void Without_two_votes_or_with_one_label_nothing_is_claimed()
    {
        Assert.True(double.IsNaN(Agreement.KrippendorffAlpha([new(0, 0, 1), new(1, 1, 0)], 2)));
        Assert.True(double.IsNaN(Agreement.KrippendorffAlpha([new(0, 0, 1), new(0, 1, 1)], 2)));
        Assert.True(double.IsNaN(Agreement.FleissKappa([], 2)));
        Assert.True(double.IsNaN(Agreement.CohenKappa([], [], 2)));
        Assert.True(double.IsNaN(Agreement.CohenKappa([1, 1], [1, 1], 2)));
        Assert.Equal(1, Agreement.CohenKappa([0, 1], [0, 1], 2), 1e-12);
        var one = Agreement.Measure([new(0, 0, 1), new(0, 1, 0)], 2);
        Assert.True(double.IsNaN(one.Alpha.Low));
        // One vote on an item decides it, but not for certain: nobody is infallible.
        Assert.InRange(DawidSkene.Fit([new(0, 0, 1)], 1, 1, 2).Of(0).Probability, 0.5, 0.95);
    }
}

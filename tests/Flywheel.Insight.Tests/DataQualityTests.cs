using System.Numerics;
using System.Text.Json;
using Flywheel.Insight.Comparison;
using Flywheel.Insight.DataQuality;
using Flywheel.Insight.Slices;

namespace Flywheel.Insight.Tests;

/// <summary>Figures against SciPy and NumPy (reference/quality.py), searches against comparing all with all.</summary>
public class DataQualityTests
{
    static JsonElement Of(string name)
    {
        using var stream = typeof(Expected).Assembly.GetManifestResourceStream("quality.json")!;
        return JsonDocument.Parse(stream).RootElement.Clone().GetProperty(name);
    }

    [Fact]
    public void Students_tail_agrees() => Assert.All(Of("student").EnumerateArray(), c =>
        Assert.Equal(1, StudentT.Upper(c.Number("t"), c.Number("freedom")) / c.Number("p"), 1e-9));

    [Fact]
    public void Median_and_deviation_agree_also_where_most_values_are_equal() => Assert.All(Of("scale").EnumerateArray(), c =>
    {
        var scale = RobustScale.Of(c.Numbers("x"));
        Assert.Equal(c.Number("median"), scale.Median, 1e-12);
        Assert.Equal(c.Number("deviation"), scale.Deviation, 1e-9);
    });

    [Fact]
    public void Values_all_equal_have_no_outliers()
    {
        var scale = RobustScale.Of([3.0, 3, 3, double.NaN]);
        Assert.Equal(3, scale.N);
        Assert.Equal(0, scale.Z(4));
    }

    [Fact]
    public void Acceptance_is_isotonic_and_its_threshold_the_lowest_that_holds() => Assert.All(Of("isotonic").EnumerateArray(), c =>
    {
        var curve = AcceptanceCurve.Fit(c.Numbers("score"), c.Booleans("accepted"));
        foreach (var (at, fit) in c.Numbers("at").Zip(c.Numbers("fit"))) Assert.Equal(fit, curve.At(at), 1e-12);
        var expected = c.GetProperty("threshold");
        Assert.Equal(expected.ValueKind == JsonValueKind.Null ? null : expected.GetDouble(), curve.Threshold(0.8));
    });

    [Fact]
    public void Too_few_verdicts_give_no_threshold()
    {
        double[] scores = [.. Enumerable.Range(0, 19).Select(i => i / 19.0)];
        Assert.Null(AcceptanceCurve.Fit(scores, [.. scores.Select(_ => true)]).Threshold(0.8));
        Assert.Equal(0.0, AcceptanceCurve.Fit([.. scores, 1.0], [.. scores.Select(_ => true), true]).Threshold(0.8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(11)]
    public void Every_pair_of_near_hashes_is_found_once(int distance)
    {
        var random = new SeededRandom(5);
        var hashes = new ulong[600];
        for (var i = 0; i < hashes.Length; i++)
        {
            // Half of them a few bits beside an earlier one, some equal to it, bits anywhere.
            hashes[i] = i % 2 == 0 ? random.NextUInt64() : hashes[random.Next(i)];
            if (i % 2 == 1)
                for (var flips = random.Next(13); flips > 0; flips--) hashes[i] ^= 1UL << random.Next(64);
        }
        var expected = new HashSet<(int, int, int)>();
        for (var i = 0; i < hashes.Length; i++)
            for (var j = i + 1; j < hashes.Length; j++)
                if (BitOperations.PopCount(hashes[i] ^ hashes[j]) is var bits && bits <= distance) expected.Add((i, j, bits));
        var index = new HashIndex(hashes);
        var found = new List<(int, int, int)>();
        for (var i = 0; i < hashes.Length; i++) index.Later(i, distance, (j, bits) => found.Add((i, j, bits)));
        Assert.Equal(expected.Count, found.Count);
        Assert.True(expected.SetEquals(found));
        Assert.True(distance == 0 || expected.Count > 50);
    }

    [Fact]
    public void A_chain_is_cut_into_sets_around_a_member_each_is_paired_with()
    {
        // 0-1-2-3-4 in a row, 5 with 6; 2 has to be kept.
        (int, int)[] pairs = [(0, 1), (1, 2), (2, 3), (3, 4), (5, 6)];
        var sets = DuplicateGrouping.Stars(8, pairs, (a, b) => (b == 2).CompareTo(a == 2));
        Assert.Equal([[2, 1, 3], [5, 6]], sets);
        Assert.Equal([[1, 0, 2], [3, 4], [5, 6]], DuplicateGrouping.Stars(8, pairs, (_, _) => 0));
        Assert.Empty(DuplicateGrouping.Stars(3, [], (_, _) => 0));
    }

    [Fact]
    public void Nearest_rows_are_those_of_comparing_all()
    {
        var random = new SeededRandom(3);
        var rows = new EmbeddingMatrix([.. Enumerable.Range(0, 60 * 7).Select(_ => (float)random.NextGaussian())], 60, 7);
        var (found, distances) = NearestRows.Find(rows, rows, 4, (i, j) => i == j || j % 5 == 0, token: TestContext.Current.CancellationToken);
        for (var i = 0; i < 60; i++)
        {
            float Distance(int j)
            {
                var sum = 0f;
                for (var d = 0; d < 7; d++) sum += (rows[i][d] - rows[j][d]) * (rows[i][d] - rows[j][d]);
                return sum;
            }
            int[] expected = [.. Enumerable.Range(0, 60).Where(j => j != i && j % 5 != 0).OrderBy(Distance).Take(4)];
            Assert.Equal(expected, found.AsSpan(i * 4, 4).ToArray());
            Assert.Equal(Distance(expected[3]), distances[i * 4 + 3], 1e-4f);
        }
        var (few, far) = NearestRows.Find(rows, rows, 3, (i, j) => j > 0 || i == 0, token: TestContext.Current.CancellationToken);
        Assert.Equal([-1, -1, -1, 0, -1, -1], few.AsSpan(0, 6).ToArray());
        Assert.Equal(float.PositiveInfinity, far[4]);
    }

    [Fact]
    public void Order_agrees_with_permutations_in_numpy()
    {
        var c = Of("order");
        var n = c.Numbers("x").Length;
        var looks = OrderTest.OfNeighbours(c.Integers("near"), c.Integer("k"), [.. Enumerable.Range(0, n)], n, 4999, 1, TestContext.Current.CancellationToken);
        Assert.Equal(c.Number("statistic"), looks.Statistic, 1e-9);
        Assert.Equal(c.Number("p"), looks.P, 0.005);
        var labels = OrderTest.OfLabels(c.Integers("labels"), 4999, 1, TestContext.Current.CancellationToken);
        Assert.Equal(c.Number("labelStatistic"), labels.Statistic, 0.02);
        Assert.Equal(c.Number("labelP"), labels.P, 0.03);
    }

    [Fact]
    public void Order_within_groups_is_not_counted()
    {
        // Neighbours are all of the own group; between groups nothing goes together.
        int[] place = [.. Enumerable.Range(0, 40).Select(i => i / 4)];
        int[] near = [.. Enumerable.Range(0, 40).Select(i => i / 4 * 4 + (i + 1) % 4)];
        Assert.Equal(1, OrderTest.OfNeighbours(near, 1, place, 10, 199, 1, TestContext.Current.CancellationToken).P);
    }

    [Fact]
    public void A_column_that_tells_the_label_has_a_small_p_and_noise_none()
    {
        var random = new SeededRandom(8);
        int[] labels = [.. Enumerable.Range(0, 400).Select(_ => random.Next(2))];
        var telling = SliceColumn.OfNumbers(SliceSubject.Property, "telling", [.. labels.Select(l => l + random.NextGaussian())]);
        var noise = SliceColumn.OfNumbers(SliceSubject.Property, "noise", [.. labels.Select(_ => random.NextGaussian())]);
        var tag = SliceColumn.OfValues(SliceSubject.Tag, "camera", labels.Select(l => random.NextDouble() < 0.9 ? l == 0 ? "a" : "b" : "c"));
        var judged = ShortcutFinder.Judge([telling, noise, tag], labels, 2, null, 1, TestContext.Current.CancellationToken).ToDictionary(s => s.Column.Name);
        Assert.InRange(judged["telling"].Accuracy, 0.6, 0.78); // Φ(1/2) = 0.69
        Assert.InRange(judged["camera"].Accuracy, 0.9, 1.0);
        Assert.True(judged["telling"].P <= 0.001 && judged["camera"].P <= 0.001);
        Assert.True(judged["noise"].P > 0.02);
    }

    [Fact]
    public void Groups_that_go_together_count_as_one_each()
    {
        // A tag of six people, three with mostly one label and three with mostly the other: plain by images, not by people.
        var random = new SeededRandom(9);
        int[] groups = [.. Enumerable.Range(0, 600).Select(i => i / 50)];
        var lean = Enumerable.Range(0, 12).Select(_ => random.NextDouble()).ToArray();
        int[] labels = [.. groups.Select(g => random.NextDouble() < lean[g] ? 1 : 0)];
        var column = SliceColumn.OfNumbers(SliceSubject.Property, "person", [.. groups.Select(g => (double)(g * 7 % 12))]);
        var byImage = ShortcutFinder.Judge([column], labels, 2, null, 1, TestContext.Current.CancellationToken)[0].P;
        var byGroup = ShortcutFinder.Judge([column], labels, 2, groups, 1, TestContext.Current.CancellationToken)[0].P;
        Assert.True(byImage <= 0.001, $"{byImage}");
        Assert.True(byGroup > 0.05, $"{byGroup}");
    }
}

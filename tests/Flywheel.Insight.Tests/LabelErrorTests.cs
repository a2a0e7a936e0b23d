using System.Text.Json;
using CsCheck;
using Flywheel.Insight.LabelQuality;

namespace Flywheel.Insight.Tests;

/// <summary>Confident learning against cleanlab 2.9.0; the cases and the command that made them are in reference/labels.py.</summary>
public class LabelErrorTests
{
    static readonly JsonElement s_root = Read();

    static JsonElement Read()
    {
        using var stream = typeof(Expected).Assembly.GetManifestResourceStream("labels.json")!;
        return JsonDocument.Parse(stream).RootElement.Clone();
    }

    public static TheoryData<string> Cases => [.. s_root.GetProperty("find").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    static JsonElement Case(string name) => s_root.GetProperty("find").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

    static LabelErrorResult Find(JsonElement c, LabelErrorOptions options) => c.GetProperty("single").GetBoolean()
        ? ConfidentLearning.Find(c.Floats("p"), c.Integers("labels"), c.Integer("classes"), options)
        : ConfidentLearning.Find(c.Numbers("p"), c.Integers("labels"), c.Integer("classes"), options);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_flags_are_those_of_cleanlab(string name)
    {
        var c = Case(name);
        var result = Find(c, new LabelErrorOptions { Rule = LabelErrorRule.PruneByNoiseRate });
        Assert.Equal(c.Integers("stable"), result.Ranked.Order());
        Assert.Equal(c.Integers("ranked"), result.Ranked);
        Assert.All(c.Numbers("thresholds").Zip(result.Thresholds), x => Assert.Equal(x.First, x.Second, 1e-6));
        Assert.Equal(c.Integers("joint"), result.Joint.Cast<int>());
        Assert.Equal(c.Integers("predictedNotGiven"), Find(c, new LabelErrorOptions { Rule = LabelErrorRule.PredictedNotGiven }).Ranked.Order());
    }

    [Fact]
    public void Where_nothing_ties_they_are_those_of_cleanlab_as_it_is()
    {
        var exact = 0;
        foreach (var c in s_root.GetProperty("find").EnumerateArray())
        {
            if (!c.Integers("flags").SequenceEqual(c.Integers("stable"))) continue;
            Assert.Equal(c.Integers("flags"), Find(c, new LabelErrorOptions { Rule = LabelErrorRule.PruneByNoiseRate }).Ranked.Order());
            exact++;
        }
        Assert.InRange(exact, 14, 19);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_union_adds_clear_disagreements(string name)
    {
        var c = Case(name);
        int[] labels = c.Integers("labels");
        int k = c.Integer("classes");
        var p = c.Numbers("p");
        foreach (var margin in new[] { 0.0, 0.3, 0.5, 1.0 })
        {
            var clear = Enumerable.Range(0, labels.Length).Where(i => p[(i * k)..((i + 1) * k)].Max() - p[i * k + labels[i]] >= margin - (c.GetProperty("single").GetBoolean() ? 1e-7 : 0)).Intersect(c.Integers("predictedNotGiven"));
            var result = Find(c, new LabelErrorOptions { Margin = margin });
            Assert.Equal(c.Integers("stable").Union(clear).Order(), result.Ranked.Order());
            Assert.Equal(result.Ranked, result.Ranked.OrderBy(i => p[i * k + labels[i]]).ThenBy(i => i));
        }
    }

    [Fact]
    public void An_honest_labelling_has_no_errors_and_an_exchanged_label_is_the_first()
    {
        var p = Enumerable.Range(0, 90).SelectMany(i => Enumerable.Range(0, 3).Select(c => c == i % 3 ? 0.9 : 0.05)).ToArray();
        int[] labels = [.. Enumerable.Range(0, 90).Select(i => i % 3)];
        Assert.Empty(ConfidentLearning.Find(p, labels, 3).Ranked);
        labels[40] = 2;
        var found = ConfidentLearning.Find(p, labels, 3);
        Assert.Equal([40], found.Ranked);
        Assert.Equal(LabelErrorSigns.NoiseRate | LabelErrorSigns.PredictedNotGiven | LabelErrorSigns.ClearMargin, found.Signs[40]);
        Assert.Equal(1, found.EstimatedErrors);
    }

    [Fact]
    public void The_order_of_the_rows_changes_nothing_and_a_flagged_row_never_prefers_its_label() => Gen.Select(Gen.Int[2, 6], Gen.Int[30, 400], Gen.Long).Sample((k, n, seed) =>
    {
        var random = new SeededRandom(seed);
        var (p, labels) = (new double[n * k], new int[n]);
        for (var i = 0; i < n; i++)
        {
            labels[i] = random.Next(k);
            double sum = 0;
            for (var c = 0; c < k; c++) sum += p[i * k + c] = Math.Exp(3 * random.NextDouble() + (c == labels[i] ? 1 : 0));
            for (var c = 0; c < k; c++) p[i * k + c] /= sum;
        }
        var result = ConfidentLearning.Find(p, labels, k);
        foreach (var i in result.Ranked) Assert.True(p[(i * k)..((i + 1) * k)].Max() > p[i * k + labels[i]]);
        var order = random.Permutation(n);
        var shuffled = ConfidentLearning.Find([.. order.SelectMany(i => p[(i * k)..((i + 1) * k)])], [.. order.Select(i => labels[i])], k);
        Assert.Equal(result.Ranked, shuffled.Ranked.Select(i => order[i]));
    }, iter: 60);

    [Fact]
    public void More_rows_than_one_piece_of_work_give_what_few_give()
    {
        // 300 rows, 100 times over: every count is a hundredfold, so the same share is flagged, each row as often as it is there.
        var c = Case("three classes");
        int[] labels = c.Integers("labels");
        var p = c.Numbers("p");
        var joint = Find(c, new()).Joint;
        var many = ConfidentLearning.Find([.. Enumerable.Repeat(p, 100).SelectMany(x => x)], [.. Enumerable.Repeat(labels, 100).SelectMany(x => x)], 3);
        foreach (var (few, all) in joint.Cast<int>().Zip(many.Joint.Cast<int>())) Assert.InRange(all, (few - 1) * 100, (few + 1) * 100);
        Assert.Equal(labels.Length * 100, many.Joint.Cast<int>().Sum());
        Assert.Equal(many.Ranked, many.Ranked.OrderBy(i => p[i % labels.Length * 3 + labels[i % labels.Length]]).ThenBy(i => i));
    }

    [Fact]
    public void What_is_not_a_probability_or_a_class_is_refused()
    {
        Fault("ShapeMismatch", [0.5, 0.5, 1], [0, 1], 2);
        Fault("LabelOutOfRange", [0.5, 0.5, 1, 0], [0, 2], 2);
        Fault("LabelOutOfRange", [0.5, 0.5, 1, 0], [-1, 0], 2);
        Fault("ProbabilityOutOfRange", [0.5, 0.5, double.NaN, 0], [0, 1], 2);
        Fault("ProbabilityOutOfRange", [0.5, 0.5, 1.1, -0.1], [0, 1], 2);
        Assert.Equal("InvalidMargin", Assert.Throws<FlywheelException>(() => ConfidentLearning.Find(new double[2], [0, 0], 1, new LabelErrorOptions { Margin = 1.5 })).ErrorId);
        Assert.Empty(ConfidentLearning.Find(Array.Empty<double>(), [], 2).Ranked);

        static void Fault(string id, double[] p, int[] labels, int k) => Assert.Equal(id, Assert.Throws<FlywheelException>(() => ConfidentLearning.Find(p, labels, k)).ErrorId);
    }
}

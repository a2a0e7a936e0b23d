using Flywheel.Insight.Drift;
using Flywheel.Insight.Metrics;
using Flywheel.Tests;

namespace Flywheel.Insight.Tests;

/// <summary>The joint judgement of a window against its reference.</summary>
public class DriftTests
{
    static readonly BlockStream s_groups = new(0.3) { ReferenceGroups = 60, ReferenceSizes = [1, 2, 5, 10], WindowGroups = 20, WindowSizes = [1, 2, 5, 10] };
    static readonly BlockStream s_images = new(1) { ReferenceGroups = 400, ReferenceSizes = [1], WindowGroups = 100, WindowSizes = [1] };

    public static TheoryData<string, int[], int, int[], int> Streams => new()
    {
        { "near-duplicates on both sides", [1, 2, 5, 10], 60, [1, 2, 5, 10], 20 },
        { "few subjects against single images", [60], 8, [1], 100 },
        { "single images against a few streams", [1], 400, [20], 12 },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void False_alarms_stay_within_the_budget_however_images_are_grouped(string what, int[] referenceSizes, int referenceGroups, int[] windowSizes, int windowGroups)
    {
        const int windows = 60;
        const double alpha = 0.05;
        var stream = new BlockStream(0.3, 4) { ReferenceSizes = referenceSizes, ReferenceGroups = referenceGroups, WindowSizes = windowSizes, WindowGroups = windowGroups };
        int alarms = 0, textbook = 0;
        for (var i = 0; i < windows; i++)
        {
            var findings = DriftDetector.Compare(stream.Draw(i), new() { Alpha = alpha, Seed = i });
            if (findings.Verdict == DriftVerdict.Drift) alarms++;
            if (findings.Tests.Any(t => t.IndependentP <= alpha)) textbook++;
        }
        Assert.True(Intervals.Wilson(alarms, windows).Low <= alpha, $"{what}: {alarms} false alarms in {windows} windows");
        Assert.True(textbook > windows / 2, $"{what}: the textbook tests alarmed in only {textbook} windows, so this shows nothing");
    }

    [Fact]
    public void A_shift_is_found_named_and_put_first()
    {
        var findings = DriftDetector.Compare((s_groups with { Shift = 3 }).Draw(1));
        Assert.Equal(DriftVerdict.Drift, findings.Verdict);
        Assert.Equal(["brightness", "classifier", "embedding"], findings.Tests.Where(t => t.Flagged).Select(t => t.Name).Order());
        Assert.All(findings.Tests, t => Assert.Equal(t.Flagged, t.Value > t.Threshold));
        Assert.Contains("SD", findings.Tests.Single(t => t.Name == "brightness").Effect);
        Assert.Contains("brightness", findings.Tests.Single(t => t.Name == "classifier").Effect);
    }

    [Fact]
    public void The_telling_images_are_those_that_changed_one_of_each_group()
    {
        var input = s_groups.Draw(2);
        var changed = input.WindowGroups!.Select(g => g < 10).ToArray();
        for (var i = 0; i < changed.Length; i++)
            if (changed[i]) input.Numbers[0].Window[i] += 8;
        var findings = DriftDetector.Compare(input, new() { Telling = 8 });
        Assert.Equal(DriftVerdict.Drift, findings.Verdict);
        Assert.Equal(8, findings.Telling.Select(t => input.WindowGroups![t.Image]).Distinct().Count());
        Assert.All(findings.Telling, t => Assert.True(changed[t.Image]));
    }

    [Fact]
    public void Values_are_those_of_the_plain_statistics_when_every_image_stands_alone()
    {
        // Few different values and few images: nothing is rounded to a grid, joined or approximated.
        var input = s_images.Draw(3);
        foreach (var column in input.Numbers)
            foreach (var side in new[] { column.Reference, column.Window })
                for (var i = 0; i < side.Length; i++) side[i] = Math.Round(side[i], 1);
        DriftTest Row(string name) => DriftDetector.Compare(input with { ReferenceGroups = null, WindowGroups = null }).Tests.Single(t => t.Name == name);
        Assert.Equal(Wasserstein.Distance(input.Numbers[0].Reference, input.Numbers[0].Window), Row("brightness").Value, 1e-5);
        Assert.Equal(KolmogorovSmirnov.Statistic(input.Numbers[2].Reference, input.Numbers[2].Window), Row("confidence").Value, 1e-5);
        Assert.Equal(PopulationStability.Index(input.Numbers[0].Reference, input.Numbers[0].Window), Row("brightness").Psi!.Value, 1e-9);
        double[] Counts(int[] levels) => [.. Enumerable.Range(0, 3).Select(c => (double)levels.Count(l => l == c))];
        Assert.Equal(ChiSquare.Test(Counts(input.Categories[0].Reference), Counts(input.Categories[0].Window)).Statistic, Row("camera").Value, 1e-3);

        var both = new EmbeddingMatrix([.. Enumerable.Range(0, 400).SelectMany(i => input.ReferenceEmbeddings![i].ToArray()), .. Enumerable.Range(0, 100).SelectMany(i => input.WindowEmbeddings![i].ToArray())], 500, 16).Normalised();
        var sigma = KernelDistance.Bandwidth(both, 1);
        Assert.Equal(KernelDistance.Unbiased(both.Rows([.. Enumerable.Range(0, 400)]), both.Rows([.. Enumerable.Range(400, 100)]), sigma), Row("embedding").Value, 1e-5);
    }

    [Fact]
    public void Too_few_groups_cannot_tell_however_large_the_difference()
    {
        // Of 3 + 3 groups there are 20 arrangements: no p below 1/10.
        var findings = DriftDetector.Compare((s_groups with { ReferenceGroups = 3, WindowGroups = 3, Shift = 50 }).Draw(4));
        Assert.Equal(DriftVerdict.CannotTell, findings.Verdict);
        Assert.Equal(0.1, findings.SmallestP, 1e-9);
        Assert.DoesNotContain(findings.Tests, t => t.Flagged);
        Assert.Equal(DriftVerdict.CannotTell, DriftDetector.Compare((s_groups with { WindowGroups = 1, Shift = 50 }).Draw(4)).Verdict);
    }

    [Fact]
    public void A_label_shift_is_estimated_with_its_interval()
    {
        var input = s_images.Draw(5);
        // A window of "no" only, answered as the model answers "no".
        var noes = Enumerable.Range(0, 400).Where(i => input.ReferenceTruth[i] == 0).Take(100).ToArray();
        input = input with { WindowPredicted = [.. noes.Select(i => input.ReferencePredicted[i])], Categories = [] };
        var row = DriftDetector.Compare(input).Tests.Single(t => t.Name == "label mix");
        Assert.True(row.Flagged);
        var figures = System.Text.RegularExpressions.Regex.Matches(row.Effect, @"\d+(\.\d+)?").Select(m => double.Parse(m.Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var share = row.Effect.StartsWith("no", StringComparison.Ordinal) ? 100 : 0;
        Assert.InRange(share, figures[2], figures[3]);
        Assert.InRange(figures[3] - figures[2], 0, 30);
    }

    [Fact]
    public void The_same_seed_gives_the_same_result_on_any_number_of_threads()
    {
        var input = s_groups.Draw(6);
        DriftFindings one = DriftDetector.Compare(input, new() { Threads = 1 }), many = DriftDetector.Compare(input, new() { Threads = 4 });
        Assert.Equal(one.P, many.P);
        Assert.Equal(one.Tests, many.Tests);
        Assert.NotEqual(one.Tests, DriftDetector.Compare(input, new() { Seed = 2 }).Tests);
    }

    [Fact]
    public void What_cannot_be_compared_is_left_out_with_the_reason()
    {
        var input = s_images.Draw(7);
        var findings = DriftDetector.Compare(input with
        {
            Numbers = [.. input.Numbers, new(DriftKind.Property, "height", "px", [.. new double[400].Select(_ => 24.0)], [.. new double[100].Select(_ => 24.0)])],
            Categories = [new(DriftKind.Tag, "name", [.. Enumerable.Range(0, 500).Select(i => $"{i}")], [.. Enumerable.Range(0, 400)], [.. Enumerable.Range(400, 100)])],
            ReferenceTruth = [.. Enumerable.Repeat(-1, 400)],
            WindowEmbeddings = null,
        });
        Assert.Equal(["brightness", "classifier", "confidence", "width"], findings.Tests.Select(t => t.Name).Order());
        Assert.Contains(findings.Notes, n => n.Contains("'name'"));
        Assert.Contains(findings.Notes, n => n.Contains("label mix"));
    }

    [Fact]
    public void Samples_of_any_size_are_cut_into_a_bounded_number_of_units()
    {
        var findings = DriftDetector.Compare((s_images with { ReferenceGroups = 30_000, WindowGroups = 700 }).Draw(8) with { ReferenceGroups = null, WindowGroups = null }, new() { Alpha = 0.1 });
        Assert.Equal((30_000, 700), (findings.ReferenceGroups, findings.WindowGroups));
        Assert.Contains("3 at a time; 2,048 of the reference's 10,000 drawn at random", findings.Resampling);
    }

    [Theory]
    [InlineData("1 per 30d", 1.0 / 720)]
    [InlineData("2 per 7d", 2.0 / 168)]
    [InlineData("0.5 PER 12h", 0.5 / 12)]
    public void A_budget_is_divided_over_the_looks(string text, double perLook) => Assert.Equal(perLook, FalseAlarmBudget.Parse(text, TimeSpan.FromHours(1)).PerLook, 1e-12);

    [Theory]
    [InlineData("1", "FalseAlarmBudgetInvalid")]
    [InlineData("1 per month", "FalseAlarmBudgetInvalid")]
    [InlineData("1 per -3d", "FalseAlarmBudgetInvalid")]
    [InlineData("one per 3d", "FalseAlarmBudgetInvalid")]
    [InlineData("1 per 3000d", "FalseAlarmBudgetOutOfRange")]
    [InlineData("1 per 2h", "FalseAlarmBudgetOutOfRange")]
    [InlineData("0 per 2d", "FalseAlarmBudgetOutOfRange")]
    public void A_budget_nothing_can_keep_is_refused(string text, string id) =>
        Assert.Equal(id, Assert.Throws<FlywheelException>(() => FalseAlarmBudget.Parse(text, TimeSpan.FromHours(1))).ErrorId);
}

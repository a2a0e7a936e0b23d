using Flywheel.Insight.Slices;

namespace Flywheel.Insight.Tests;

public class SliceDiscoveryTests
{
    const int N = 2000;

    /// <summary>Columns as a camera would give them. Bytes and sharpness go along with width; glasses, light and the prediction stand alone.</summary>
    sealed class World
    {
        public readonly double[] Width = new double[N], Bytes = new double[N], Sharpness = new double[N], Brightness = new double[N], Glare = new double[N];
        public readonly string[] Glasses = new string[N], Light = new string[N], Predicted = new string[N];
        public readonly double[] Errors = new double[N];

        public World(int seed, bool planted = true, double rate = 0.03)
        {
            var r = new SeededRandom(seed, 5);
            for (var i = 0; i < N; i++)
            {
                Width[i] = Math.Round(r.NextDouble() < 0.05 ? r.NextDouble(12, 30) : r.NextDouble(64, 128));
                Bytes[i] = Math.Round(Width[i] * Width[i] * r.NextDouble(0.4, 0.7));
                Sharpness[i] = 8 * Width[i] * Math.Exp(0.25 * r.NextGaussian());
                Brightness[i] = r.NextDouble() < 0.05 ? r.NextDouble(0.02, 0.12) : r.NextDouble(0.2, 0.8);
                Glare[i] = r.NextDouble() < 0.2 ? Math.Round(r.NextDouble(0.2, 1), 3) : 0;
                Glasses[i] = r.NextDouble() is var g && g < 0.2 ? "thick" : g < 0.4 ? "thin" : "none";
                Light[i] = r.NextDouble() is var l && l < 0.25 ? "backlit" : l < 0.4 ? "side" : "even";
                Predicted[i] = r.NextDouble() < 0.5 ? "open" : "closed";
                var p = !planted ? rate
                    : Width[i] <= 30 ? 0.4
                    : Brightness[i] <= 0.12 ? 0.45
                    : Glare[i] > 0.8 ? 0.4
                    : Light[i] == "backlit" && Glasses[i] == "thick" ? 0.45 : rate;
                Errors[i] = r.NextDouble() < p ? 1 : 0;
            }
        }

        public IReadOnlyList<SliceColumn> Columns =>
        [
            SliceColumn.OfValues(SliceSubject.Tag, "glasses", Glasses),
            SliceColumn.OfValues(SliceSubject.Tag, "light", Light),
            SliceColumn.OfNumbers(SliceSubject.Property, "width", Width),
            SliceColumn.OfNumbers(SliceSubject.Tag, "glare", Glare),
            SliceColumn.OfValues(SliceSubject.Predicted, "predicted", Predicted, 1),
            SliceColumn.OfNumbers(SliceSubject.Property, "brightness", Brightness, 1),
            SliceColumn.OfNumbers(SliceSubject.Property, "sharpness", Sharpness, 1),
            SliceColumn.OfNumbers(SliceSubject.Property, "bytes", Bytes, 2),
        ];
    }

    static IReadOnlyList<FoundSlice> Find(World w, int seed, int[]? groups = null, SliceOptions? options = null) =>
        SliceDiscovery.Find(w.Columns, w.Errors, N, groups, null, (options ?? new SliceOptions()) with { Seed = seed }, TestContext.Current.CancellationToken);

    static readonly string[] s_planted = ["width ≤", "brightness ≤", "glare >", "glasses = thick and light = backlit"];

    static string Name(FoundSlice slice) => string.Join(" and ", slice.Conditions);

    /// <summary>The names without their bounds.</summary>
    static string Form(FoundSlice slice) => string.Join(" and ", slice.Conditions.Select(c => c.IsNumeric ? $"{c.Name} {(c.Above is null ? "≤" : c.UpTo is null ? ">" : "in")}" : c.ToString()));

    static (int Found, int False) Score(IEnumerable<(int Seed, SliceOptions Options)> runs)
    {
        int found = 0, wrong = 0;
        foreach (var (seed, options) in runs)
        {
            var slices = Find(new World(seed), seed, options: options);
            found += s_planted.Count(p => slices.Take(6).Any(s => s.Confirmed && Form(s) == p));
            wrong += slices.Count(s => s.Confirmed && !s_planted.Contains(Form(s)));
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {string.Join("; ", slices.Select(s => $"{(s.Confirmed ? "" : "not held: ")}{Name(s)} {s.Errors}/{s.Support} q {s.Q:0.0000}"))}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"found {found}, false {wrong}");
        return (found, wrong);
    }

    [Fact]
    public void Planted_cases_are_named_with_their_own_conditions()
    {
        var (found, wrong) = Score(Enumerable.Range(1, 12).Select(s => (s, new SliceOptions())));
        Assert.True(found >= 46, $"{found} of 48");
        Assert.True(wrong <= 2, $"{wrong} false");
    }

    [Fact]
    public void Evidence_names_more_than_the_score_of_SliceLine()
    {
        var ours = Score(Enumerable.Range(101, 6).Select(s => (s, new SliceOptions())));
        var theirs = Score(Enumerable.Range(101, 6).Select(s => (s, new SliceOptions { Score = SliceScore.SliceLine })));
        Assert.True(ours.Found > theirs.Found, $"{ours} against {theirs}");
    }

    [Fact]
    public void Nothing_is_confirmed_where_nothing_is_planted()
    {
        var empty = Enumerable.Range(1, 40).Count(s => Find(new World(s, planted: false, rate: 0.06), s).All(f => !f.Confirmed));
        TestContext.Current.TestOutputHelper?.WriteLine($"{empty} of 40 empty");
        Assert.True(empty >= 38, $"{empty} of 40");
    }

    [Fact]
    public void Properties_that_go_along_are_one_slice_under_the_plainest_name()
    {
        // Width, bytes and sharpness tell the same small pictures; only width is said.
        for (var seed = 21; seed < 26; seed++)
        {
            var w = new World(seed, planted: false);
            var r = new SeededRandom(seed, 6);
            for (var i = 0; i < N; i++)
                if (w.Width[i] <= 30) w.Errors[i] = r.NextDouble() < 0.5 ? 1 : 0;
            var confirmed = Find(w, seed).Where(s => s.Confirmed).ToList();
            Assert.Equal("width ≤", Form(Assert.Single(confirmed)));
        }
    }

    [Fact]
    public void What_holds_everything_the_case_does_not_explain_is_not_named()
    {
        // Predicted closed fails more often, but only because the planted case is predicted closed.
        for (var seed = 31; seed < 36; seed++)
        {
            var w = new World(seed, planted: false);
            var r = new SeededRandom(seed, 6);
            for (var i = 0; i < N; i++) w.Errors[i] = r.NextDouble() < (w.Predicted[i] == "closed" && w.Width[i] <= 30 ? 0.7 : 0.015) ? 1 : 0;
            Assert.Equal("width ≤ and predicted closed", Form(Assert.Single(Find(w, seed), s => s.Confirmed)));
        }
    }

    [Fact]
    public void Two_cases_that_one_bound_would_cover_are_two_slices()
    {
        // Much glare fails, and some glare fails on small pictures: "glare > 0.2" holds both, and pictures of neither.
        for (var seed = 51; seed < 56; seed++)
        {
            var w = new World(seed, planted: false);
            var r = new SeededRandom(seed, 6);
            for (var i = 0; i < N; i++)
            {
                w.Width[i] = r.NextDouble() < 0.3 ? 30 : 90;
                w.Errors[i] = r.NextDouble() < (w.Glare[i] > 0.7 || w.Glare[i] > 0.2 && w.Width[i] < 50 ? 0.5 : 0.03) ? 1 : 0;
            }
            Assert.Equal(["glare >", "width ≤ and glare >"], Find(w, seed).Where(s => s.Confirmed).Select(Form).Order());
        }
    }

    [Theory]
    [InlineData(0.3, 0.1, true)]
    [InlineData(0.2, 0.2, false)]
    public void What_all_of_a_window_has_in_common_is_tested_beside_other_images(double within, double beside, bool confirmed)
    {
        var r = new SeededRandom(61, 5);
        // 500 small pictures of production, 500 large ones beside them; their brightness says nothing.
        double[] width = [.. Enumerable.Range(0, 1000).Select(i => i < 500 ? 24.0 : r.Next(52, 200))], brightness = [.. width.Select(_ => r.NextDouble())];
        double[] errors = [.. width.Select(w => r.NextDouble() < (w == 24 ? within : beside) ? 1.0 : 0)];
        // A tag that the others were never given says nothing of them.
        IReadOnlyList<SliceColumn> columns =
        [
            SliceColumn.OfValues(SliceSubject.Tag, "site", width.Select(w => w == 24 ? "north" : null)),
            SliceColumn.OfNumbers(SliceSubject.Property, "width", width),
            SliceColumn.OfNumbers(SliceSubject.Property, "brightness", brightness, 1),
        ];
        var slice = Assert.Single(SliceDiscovery.Find(columns, errors, 500, null, null, new SliceOptions(), TestContext.Current.CancellationToken));
        Assert.Equal("width ≤", Form(slice));
        Assert.InRange(slice.Conditions[0].UpTo!.Value, 24, 52);
        Assert.Equal(confirmed, slice.Confirmed);
        Assert.Equal(Enumerable.Range(0, 500), slice.Rows);
        // Without them, there is nothing to tell.
        Assert.DoesNotContain(SliceDiscovery.Find(columns, errors, 1000, null, null, new SliceOptions(), TestContext.Current.CancellationToken), s => s.Conditions.Any(c => c.Name == "brightness"));
    }

    [Fact]
    public void Copies_of_images_make_nothing_significant()
    {
        // 50 pictures eight times each: a seventh of the width's chance pattern would pass for 400 independent images.
        var empty = 0;
        for (var seed = 1; seed <= 20; seed++)
        {
            var r = new SeededRandom(seed, 7);
            double[] x = [.. Enumerable.Range(0, 50).Select(_ => r.NextDouble())], e = [.. Enumerable.Range(0, 50).Select(_ => r.NextDouble() < 0.2 ? 1.0 : 0)];
            int[] of = [.. Enumerable.Range(0, 400).Select(i => i / 8)];
            IReadOnlyList<SliceColumn> columns = [SliceColumn.OfNumbers(SliceSubject.Property, "brightness", [.. of.Select(i => x[i])])];
            var found = SliceDiscovery.Find(columns, [.. of.Select(i => e[i])], 400, of, null, new SliceOptions { Seed = seed }, TestContext.Current.CancellationToken);
            if (found.All(f => !f.Confirmed)) empty++;
        }
        Assert.True(empty >= 18, $"{empty} of 20");
    }

    [Fact]
    public void Copies_across_the_halves_would_fool_it_and_whole_groups_do_not_cross()
    {
        int[] groups = [.. Enumerable.Range(0, 300).Select(i => i / 5)];
        var (searched, held) = SliceDiscovery.Halves(300, groups, 3);
        Assert.Equal(Enumerable.Range(0, 300), searched.Concat(held).Order());
        Assert.Empty(searched.Select(i => groups[i]).Intersect(held.Select(i => groups[i])));
        Assert.InRange(searched.Length, 145, 155);
    }

    [Fact]
    public void Expected_errors_are_searched_alike()
    {
        var w = new World(41);
        var r = new SeededRandom(41, 6);
        for (var i = 0; i < N; i++) w.Errors[i] = Math.Clamp((w.Errors[i] == 1 ? 0.35 : 0.05) + 0.04 * r.NextGaussian(), 0, 1);
        var slices = Find(w, 41);
        Assert.Equal(s_planted.Order(), slices.Where(s => s.Confirmed).Select(Form).Distinct().Order());
        Assert.All(slices, s => Assert.StartsWith("permutation", s.Method));
    }

    [Fact]
    public void The_same_seed_gives_the_same_slices()
    {
        static string Show(IEnumerable<FoundSlice> slices) => string.Join('|', slices.Select(s => $"{Name(s)} {s.P} {s.Q} {string.Join(',', s.Rows)}"));
        Assert.Equal(Show(Find(new World(3), 3)), Show(Find(new World(3), 3)));
        Assert.NotEqual(Show(Find(new World(3), 3)), Show(Find(new World(3), 4)));
    }

    [Theory]
    [InlineData(0, 0.05, 1.5)]
    [InlineData(4, 0.05, 1.5)]
    [InlineData(3, 1.0, 1.5)]
    [InlineData(3, 0.05, 0.9)]
    public void Options_out_of_range_are_refused(int conditions, double q, double lift) =>
        Assert.Equal("SliceOptionOutOfRange", Assert.Throws<FlywheelException>(() => Find(new World(1), 1, options: new SliceOptions { Conditions = conditions, MaxQ = q, MinLift = lift })).ErrorId);

    [Theory]
    [InlineData(23, 64, 50)]
    [InlineData(0.1234, 0.1239, 0.1235)]
    [InlineData(29, 31, 30)]
    [InlineData(-3.2, -2.9, -3)]
    [InlineData(5, 6, 5)]
    public void Cuts_are_as_round_as_the_gap_allows(double low, double high, double cut) => Assert.Equal(cut, CutPoints.Roundest(low, high));

    [Fact]
    public void Words_name_the_pictures_the_condition_and_the_figures()
    {
        SliceCondition Property(string name, double? above, double? upTo) => new() { Subject = SliceSubject.Property, Name = name, Above = above, UpTo = upTo };
        var open = new SliceCondition { Subject = SliceSubject.Predicted, Name = "predicted", Value = "open" };
        var thick = new SliceCondition { Subject = SliceSubject.Tag, Name = "glasses", Value = "thick" };
        Assert.Equal("small pictures (width ≤ 30 px) predicted open: 31 of 74 wrong (42 %, 4.6 times the rest)", SliceWording.Describe([Property("width", null, 30), open], 74, 31, 4.58, true));
        Assert.Equal("pictures (30 px < width ≤ 60 px) with glasses = thick, predicted open: about 3.5 of 10 expected wrong (35 %, none of the rest)",
            SliceWording.Describe([Property("width", 30, 60), thick, open], 10, 3.5, double.PositiveInfinity, false));
    }

    [Fact]
    public void A_property_that_tells_the_label_is_a_shortcut_and_another_is_not()
    {
        var r = new SeededRandom(1, 8);
        int[] labels = [.. Enumerable.Range(0, 400).Select(_ => r.Next(2))];
        var width = SliceColumn.OfNumbers(SliceSubject.Property, "width", [.. labels.Select(l => r.NextDouble() < 0.96 == (l == 1) ? r.NextDouble(60, 90) : r.NextDouble(20, 50))]);
        var camera = SliceColumn.OfValues(SliceSubject.Tag, "camera", labels.Select(l => r.NextDouble() < 0.94 == (l == 1) ? "b" : "a"));
        var noise = SliceColumn.OfNumbers(SliceSubject.Property, "contrast", [.. labels.Select(_ => r.NextDouble())]);
        var found = ShortcutFinder.Find([noise, width, camera], labels, 2, 0.97, null, 1);
        Assert.Equal(["camera", "width"], found.Select(f => f.Column.Name).Order());
        Assert.All(found, f => Assert.InRange(f.Accuracy, 0.85, 1));
    }
}

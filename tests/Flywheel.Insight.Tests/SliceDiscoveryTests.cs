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
            SliceColumn.OfValues(SliceSubject.Predicted, "predicted", Predicted),
            SliceColumn.OfNumbers(SliceSubject.Property, "width", Width),
            SliceColumn.OfNumbers(SliceSubject.Tag, "glare", Glare),
            SliceColumn.OfNumbers(SliceSubject.Property, "brightness", Brightness),
            SliceColumn.OfNumbers(SliceSubject.Property, "sharpness", Sharpness),
            SliceColumn.OfNumbers(SliceSubject.Property, "bytes", Bytes),
        ];
    }

    static IReadOnlyList<FoundSlice> Find(World w, int seed, int[]? groups = null, SliceOptions? options = null) =>
        SliceDiscovery.Find(w.Columns, w.Errors, groups, null, (options ?? new SliceOptions()) with { Seed = seed }, TestContext.Current.CancellationToken);

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
        var empty = Enumerable.Range(1, 60).Count(s => Find(new World(s, planted: false, rate: 0.06), s).All(f => !f.Confirmed));
        TestContext.Current.TestOutputHelper?.WriteLine($"{empty} of 60 empty");
        Assert.True(empty >= 57, $"{empty} of 60");
    }
}

using System.Diagnostics;
using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Quality;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.LabelQuality;

namespace Flywheel.Benchmarks;

/// <summary>
/// How many wrong labels are found, and how many right ones are flagged? On real eyes (MRL) of whose labels some are exchanged, evenly or
/// by subject (a third of the subjects have ten times the noise of the others), with random folds and folds by subject: the union
/// rule beside cleanlab's default and beside every disagreement. Some of MRL's own labels are wrong; they count as right here, so precision
/// is a little better than shown. Options: MRL folder, backbone, seeds (3), first seed (1), repeats (3), L2 penalties (auto: the one chosen by log loss), noise rates in percent (5,10,20).
/// </summary>
static class LabelNoiseBenchmark
{
    static readonly (string Name, LabelErrorRule Rule)[] s_rules = [("union", LabelErrorRule.Union), ("noise rate", LabelErrorRule.PruneByNoiseRate), ("argmax", LabelErrorRule.PredictedNotGiven)];

    public static int Run(string[] args)
    {
        if (args.Length < 2)
        {
            Console.Error.WriteLine("Usage: labelnoise <MRL folder> <backbone.onnx> [seeds] [first seed] [repeats] [penalties] [rates]");
            return 1;
        }
        var c = CultureInfo.InvariantCulture;
        int Option(int at, int otherwise) => args.Length > at ? int.Parse(args[at], c) : otherwise;
        int seeds = Option(2, 3), first = Option(3, 1), repeats = Option(4, 3);
        float?[] penalties = args.Length > 5 ? [.. args[5].Split(',').Select(p => p == "auto" ? (float?)null : float.Parse(p, c))] : [null];
        int[] rates = args.Length > 6 ? [.. args[6].Split(',').Select(p => int.Parse(p, c))] : [5, 10, 20];

        var folder = Path.Combine(Path.GetTempPath(), "flywheel-labelnoise-" + Guid.NewGuid().ToString("n"));
        try
        {
            using var workspace = Workspace.Create(folder);
            DatasetImporter.Import(workspace, new ImportRequest
            {
                Path = Path.GetFullPath(args[0]),
                Name = "mrl",
                NamePattern = @"s(?<subject>\d{4})_\d+_(?<gender>\d)_(?<glasses>\d)_(?<label>\d)_",
                LabelMap = new Dictionary<string, string> { ["0"] = "closed", ["1"] = "open" },
            }, NullReporter.Instance, CancellationToken.None);
            var watch = Stopwatch.StartNew();
            List<FlywheelImage> images = [.. workspace.Catalogue.Images(new ImageQuery { Dataset = "mrl", Labelled = true }).OrderBy(i => i.Id, StringComparer.Ordinal)];
            var features = ImageFeatures.OfBackbone(args[1], images, NullReporter.Instance, CancellationToken.None);
            int[] truth = [.. features.Images.Select(i => i.Label == "open" ? 1 : 0)];
            var names = features.Images.Select(i => i.Tags["subject"]).Distinct().Order(StringComparer.Ordinal).ToList();
            int[] subjects = [.. features.Images.Select(i => names.IndexOf(i.Tags["subject"]))];
            Console.WriteLine(string.Create(c, $"{truth.Length:N0} eyes of {names.Count} subjects, {features.Length} features each in {watch.Elapsed.TotalSeconds:0} s; {seeds} seeds from {first}, 5 folds, {repeats} repeats"));
            Console.WriteLine("noise  exchanged   folds       rule        precision          recall             F1        flagged  first hundred wrong");
            foreach (var penalty in penalties)
                foreach (var rate in rates)
                    foreach (var bySubject in new[] { false, true })
                        foreach (var grouped in new[] { false, true })
                            Row(penalty, rate, bySubject, grouped);

            void Row(float? penalty, int rate, bool bySubject, bool grouped)
            {
                var figures = s_rules.Select(_ => new List<(double P, double R, double F, int Flagged, double Top)>()).ToArray();
                for (var seed = first; seed < first + seeds; seed++)
                {
                    var wrong = Exchange(subjects, names.Count, rate / 100.0, bySubject, seed);
                    int[] given = [.. truth.Select((t, i) => wrong[i] ? 1 - t : t)];
                    int[][] plans = [.. Enumerable.Range(0, repeats).Select(r => new SeededRandom(seed, r)).Select(random => grouped ? FoldPlan.Grouped(given, 2, subjects, 5, random) : FoldPlan.Random(given, 2, 5, random))];
                    var scores = HeldOutScores.ByFeatures(features, given, 2, plans, penalty, seed, NullReporter.Instance, CancellationToken.None);
                    for (var k = 0; k < s_rules.Length; k++)
                    {
                        var ranked = ConfidentLearning.Find(scores.Probabilities, scores.Labels, 2, new LabelErrorOptions { Rule = s_rules[k].Rule }).Ranked;
                        double hits = ranked.Count(i => wrong[i]), all = wrong.Count(w => w);
                        double p = ranked.Length == 0 ? 0 : hits / ranked.Length, r = hits / all;
                        figures[k].Add((p, r, hits == 0 ? 0 : 2 * p * r / (p + r), ranked.Length, ranked.Take(100).Count(i => wrong[i]) / (double)Math.Clamp(ranked.Length, 1, 100)));
                    }
                }
                for (var k = 0; k < s_rules.Length; k++)
                {
                    var f = figures[k];
                    Console.WriteLine(string.Create(c, $"{rate,3} %  {(bySubject ? "by subject" : "evenly"),-10}  {(grouped ? "by subject" : "random"),-10}  {s_rules[k].Name,-10}  {Show(f.Select(x => x.P))}  {Show(f.Select(x => x.R))}  {Show(f.Select(x => x.F))}  {f.Average(x => x.Flagged),7:0}  {f.Average(x => x.Top):0.00}{(penalties.Length > 1 ? $"  L2 {penalty?.ToString(c) ?? "chosen"}" : "")}"));
                }
            }
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, true);
        }
        return 0;

        string Show(IEnumerable<double> values)
        {
            double[] all = [.. values];
            var mean = all.Average();
            return string.Create(c, $"{mean:0.000} ± {(all.Length > 1 ? Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / (all.Length - 1)) : 0):0.000}");
        }
    }

    /// <summary>Which labels are exchanged; the mean rate is the same either way.</summary>
    static bool[] Exchange(int[] subjects, int count, double rate, bool bySubject, int seed)
    {
        var random = new SeededRandom(seed, 77);
        var noisy = random.Sample(count, count / 3).ToHashSet();
        var weights = subjects.Select(s => bySubject ? noisy.Contains(s) ? 10.0 : 1.0 : 1.0).ToArray();
        var scale = rate * subjects.Length / weights.Sum();
        return [.. weights.Select(w => random.NextDouble() < Math.Min(0.5, w * scale))];
    }
}

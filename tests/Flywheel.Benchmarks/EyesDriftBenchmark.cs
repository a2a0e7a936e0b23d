using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Drift;
using Flywheel.Engine.Production;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.Metrics;

namespace Flywheel.Benchmarks;

/// <summary>
/// Drift on real eyes: a model learns from ten MRL subjects, the other fourteen are what it is judged on. Windows of 50 CEW images against
/// them must alarm; windows of some of the fourteen against the rest must not, more often than the budget says.
/// </summary>
static class EyesDriftBenchmark
{
    const int Learned = 10;
    static readonly FalseAlarmBudget s_hourly = new(1, TimeSpan.FromDays(30), TimeSpan.FromHours(1));

    public static int Run(string mrl, string cew, int windows)
    {
        var folder = Directory.CreateTempSubdirectory("flywheel-drift-").FullName;
        try
        {
            using var workspace = Workspace.Create(Path.Combine(folder, "workspace"));
            // Two folders by subject, so that the held-out ones are strangers to the model in every way.
            var files = Directory.GetFiles(mrl, "*.png").OrderBy(f => f, StringComparer.Ordinal).ToList();
            var subjects = files.Select(Subject).Distinct().ToArray();
            new SeededRandom(1).Shuffle<string>(subjects);
            foreach (var file in files)
            {
                var part = Directory.CreateDirectory(Path.Combine(folder, Array.IndexOf(subjects, Subject(file)) < Learned ? "lab" : "held")).FullName;
                File.Copy(file, Path.Combine(part, Path.GetFileName(file)));
            }
            Import("lab", Path.Combine(folder, "lab"), @"s(?<subject>\d{4})_\d+_\d_(?<glasses>\d)_(?<label>\d)");
            Import("held", Path.Combine(folder, "held"), @"s(?<subject>\d{4})_\d+_\d_(?<glasses>\d)_(?<label>\d)");
            Import("cew", cew, @"(?<photo>.+?)_(?<side>[LR])\.jpg");
            DatasetSplitter.Split(workspace, new SplitRequest { Dataset = "lab", GroupBy = "subject", Train = 0.8, Validation = 0.2, Test = 0 }, NullReporter.Instance, default);
            var model = TrainingService.Train(workspace, new TrainingRequest { Datasets = ["lab"], Preset = TrainingPreset.Fast, PerLabel = 600, Name = "eyes" }, NullReporter.Instance, default);
            var held = ScoredWindow.Reference(workspace, model, "held", NullReporter.Instance, default);
            FailureFinder.Find(workspace, model, new FailureQuery { Dataset = "cew", First = 1 }, NullReporter.Instance, default); // predicts it
            var production = ScoredWindow.Production(workspace, model, new PredictionQuery { Dataset = "cew" }, "photo", NullReporter.Instance, default);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{subjects.Length} subjects, {held.Count} images of {subjects.Length - Learned} held out; {production.Count} of CEW; embeddings of {held.Embeddings?.Dimensions}"));

            DriftReport? shown = null;
            Report("50 CEW images against the held-out subjects", i =>
                (held, Some(production, 50, i), "photo"), r => shown ??= r);
            Console.WriteLine(shown!.Summary + "\n" + string.Join('\n', shown.Tests.Select(t => $"  {(t.Flagged ? '!' : ' ')} {t}")) + "\n" + shown.Resampling);
            Report("5 held-out subjects against the other 9, all their images", i => Divide(held, i, int.MaxValue, "subject"));
            Report("5 held-out subjects against the other 9, 10 images of each", i => Divide(held, i, 10, "subject"));
            Report("the same, subjects unknown", i => Divide(held, i, 10, "unknown"));
            return 0;

            void Import(string name, string path, string pattern) => DatasetImporter.Import(workspace, new ImportRequest
            {
                Path = path, Name = name, NamePattern = pattern, LabelMap = name == "cew" ? null : new Dictionary<string, string> { ["0"] = "closed", ["1"] = "open" }, Unlabeled = name == "cew",
            }, NullReporter.Instance, default);

            void Report(string what, Func<int, (ScoredWindow Reference, ScoredWindow Window, string GroupBy)> draw, Action<DriftReport>? see = null)
            {
                var p = new double[windows];
                var cannotTell = 0;
                for (var i = 0; i < windows; i++)
                {
                    var (reference, window, groupBy) = draw(i);
                    var report = DriftService.Compare(workspace, reference, window, new DriftRequest { Budget = s_hourly, GroupBy = groupBy, Seed = i, Store = false }, NullReporter.Instance, default);
                    p[i] = report.P;
                    if (report.Verdict == DriftVerdict.CannotTell) cannotTell++;
                    see?.Invoke(report);
                }
                string Rate(double alpha)
                {
                    var alarms = p.Count(x => x <= alpha);
                    var (low, high) = Intervals.Wilson(alarms, windows);
                    return string.Create(CultureInfo.InvariantCulture, $"{alarms} [{windows * low:0.0}, {windows * high:0.0}] at {alpha:0.####}");
                }
                Console.WriteLine($"{what}: alarms of {windows}: {Rate(s_hourly.PerLook)}, {Rate(0.01)}, {Rate(0.05)}; cannot tell {cannotTell}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string Subject(string file) => Path.GetFileName(file)[..5];

    static ScoredWindow Some(ScoredWindow from, int count, int seed) => from.Rows(new SeededRandom(seed).Sample(from.Count, count));

    /// <summary>Five subjects as the window, at most so many images of each, and the others as the reference.</summary>
    static (ScoredWindow, ScoredWindow, string) Divide(ScoredWindow held, int seed, int perSubject, string groupBy)
    {
        var random = new SeededRandom(seed);
        var rows = random.Permutation(held.Count).GroupBy(i => held.TagOf(i, "subject")!).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.ToArray()).ToArray();
        random.Shuffle<int[]>(rows);
        return (held.Rows([.. rows.Skip(5).SelectMany(r => r)]), held.Rows([.. rows.Take(5).SelectMany(r => r.Take(perSubject))]), groupBy);
    }
}

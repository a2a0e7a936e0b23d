using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Production;
using Flywheel.Engine.Samples;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Insight;
using Flywheel.Insight.Estimation;
using Flywheel.Insight.Metrics;

namespace Flywheel.Benchmarks;

/// <summary>
/// How well accuracy is told without labels, and with sixty drawn at random: plain and robust models over seeds, learned on drawn lab eyes
/// and on MRL, judged on drawn field eyes and on CEW, and where nothing shifts on other people of the reference. Models and scores are kept in the work folder and used again.
/// </summary>
/// <remarks>
/// <code>Flywheel.Benchmarks performance --work FOLDER [--mrl FOLDER --cew FOLDER] [--seeds 5] [--draws 1000] [--epochs 9]</code>
/// </remarks>
static class PerformanceBenchmark
{
    const string Mrl = @"^s(?<subject>\d{4})_\d+_(?<gender>\d)_(?<glasses>\d)_(?<label>\d)_(?<reflections>\d)_(?<lighting>\d)_(?<sensor>\d\d)";
    const string Cew = @"(?<label>closed|open)(?<side>Left|Right)Eyes/(?<photo>.+?)(?:_face_\d+)?_[LR]\.jpg$";
    const int Labels = 60;

    sealed record Row(string Kind, string Model, int Seed, int N, double Truth, LabelFreeResult Result, double Stratified, double StratifiedWidth, double Wilson, double WilsonWidth);

    public static int Run(string[] args)
    {
        string? Option(string name) => Array.IndexOf(args, "--" + name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
        int Number(string name, int otherwise) => Option(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        if (Option("work") is not { } work)
        {
            Console.Error.WriteLine("Usage: performance --work FOLDER [--mrl FOLDER --cew FOLDER] [--seeds 5] [--draws 1000] [--epochs 9]");
            return 1;
        }
        int seeds = Number("seeds", 5), draws = Number("draws", 1000), epochs = Number("epochs", 9);
        var rows = new List<Row>();
        for (var seed = 1; seed <= seeds; seed++)
            foreach (var kind in Option("mrl") is not null && Option("cew") is not null ? (string[])["sample", "eyes"] : ["sample"])
                foreach (var model in (string[])["plain", "robust"])
                {
                    var folder = Path.Combine(work, $"{kind}-{seed}");
                    var scores = PerformanceScores.Get(Path.Combine(work, $"{kind}-{seed}-{model}.scores"), () => Model(folder, kind, model, seed, epochs, Option("mrl"), Option("cew")));
                    rows.Add(Judge(kind, model, seed, scores, draws));
                    Print(rows[^1]);
                    rows.Add(Judge(kind + ", no shift", model, seed, scores.WithinReference(seed), draws));
                    Print(rows[^1]);
                }
        foreach (var group in rows.GroupBy(r => (r.Kind, r.Model))) Print(group.Key.Kind, group.Key.Model, [.. group], draws);
        return 0;
    }

    static (Workspace, Model) Model(string folder, string kind, string name, int seed, int epochs, string? mrl, string? cew)
    {
        var token = CancellationToken.None;
        var workspace = Workspace.Exists(folder) ? Workspace.Open(folder) : Workspace.Create(folder);
        if (workspace.Catalogue.FindModel(name) is { } known) return (workspace, known);
        if (workspace.Catalogue.FindDataset("lab") is null)
        {
            if (kind == "eyes")
            {
                DatasetImporter.Import(workspace, new ImportRequest { Path = mrl!, Name = "lab", NamePattern = Mrl, LabelMap = new Dictionary<string, string> { ["0"] = "closed", ["1"] = "open" } }, NullReporter.Instance, token);
                DatasetImporter.Import(workspace, new ImportRequest { Path = cew!, Name = "field", NamePattern = Cew }, NullReporter.Instance, token);
            }
            else
            {
                var sample = SampleDatasetWriter.Write(Path.Combine(folder, "sample"), new SampleRequest { Lab = 2000, Field = 1500, FieldTest = 0, Subjects = 24, Seed = seed, Force = true }, NullReporter.Instance, token);
                DatasetImporter.Import(workspace, new ImportRequest { Path = sample.LabManifest, Name = "lab" }, NullReporter.Instance, token);
                DatasetImporter.Import(workspace, new ImportRequest { Path = sample.FieldTruth, Name = "field" }, NullReporter.Instance, token);
            }
            DatasetSplitter.Split(workspace, new SplitRequest { Dataset = "lab", GroupBy = "subject", Stratify = "label", Train = 0.6, Validation = kind == "eyes" ? 0.07 : 0.08, Test = kind == "eyes" ? 0.33 : 0.32, Seed = seed }, NullReporter.Instance, token);
        }
        Console.WriteLine($"training {kind} {seed} {name}");
        return (workspace, TrainingService.Train(workspace, new TrainingRequest
        {
            Datasets = ["lab"], Preset = TrainingPreset.Fast, Epochs = epochs, PerLabel = 640, Seed = seed, Threads = 1, Name = name,
            Augmentation = name == "plain" ? TrainingAugmentation.Flip : TrainingAugmentation.Robust,
        }, NullReporter.Instance, token));
    }

    static Row Judge(string kind, string model, int seed, PerformanceScores s, int draws)
    {
        var shifts = InputPerturbations.Shifts();
        var views = InputPerturbations.Views.Count;
        var window = new ViewScores(s.Window, s.WindowTruth.Length, views, s.Classes);
        var result = LabelFreeAccuracy.Estimate([.. s.Shifted.Select((p, i) => new ShiftedReference(shifts[i].Family, new ViewScores(p, s.Truth.Length, views, s.Classes)))], s.Truth, s.Groups,
            window, s.WindowGroups, [.. Enumerable.Range(0, s.Classes).Select(c => $"{c}")], new LabelFreeOptions
            {
                DomainAuc = DomainGap.Auc(Matrix(s.Embeddings, s.Truth.Length), s.Groups, Matrix(s.WindowEmbeddings, s.WindowTruth.Length), s.WindowGroups, 1),
            });
        var n = window.Count;
        bool[] right = [.. Enumerable.Range(0, n).Select(i => window.WinnerOf(i) == s.WindowTruth[i])];
        var truth = right.Count(r => r) / (double)n;
        double[] confidence = [.. Enumerable.Range(0, n).Select(window.ConfidenceOf)];
        var cuts = StratifiedAudit.Cuts(confidence, StratifiedAudit.StrataFor(Labels));
        var members = Enumerable.Range(0, n).GroupBy(i => StratifiedAudit.StratumOf(confidence[i], cuts)).OrderBy(g => g.Key).Select(g => g.ToArray()).ToArray();
        var sizes = StratifiedAudit.Allocate([.. members.Select(m => m.Length)], [.. members.Select(m => m.Average(i => confidence[i]))], Labels);
        var random = new SeededRandom(seed, 77);
        double covered = 0, width = 0, wilsonCovered = 0, wilsonWidth = 0;
        for (var d = 0; d < draws; d++)
        {
            var (_, low, high) = StratifiedAudit.Estimate([.. members.Select((m, h) => new AuditStratum(m.Length, sizes[h], random.Sample(m.Length, sizes[h]).Count(at => right[m[at]])))]);
            if (low <= truth && truth <= high) covered++;
            width += (high - low) / draws;
            var wilson = Intervals.Wilson(random.Sample(n, Labels).Count(i => right[i]), Labels);
            if (wilson.Low <= truth && truth <= wilson.High) wilsonCovered++;
            wilsonWidth += (wilson.High - wilson.Low) / draws;
        }
        return new Row(kind, model, seed, n, truth, result, covered / draws, width, wilsonCovered / draws, wilsonWidth);
    }

    static EmbeddingMatrix Matrix(float[] values, int rows) => new(values, rows, values.Length / rows);

    static void Print(Row r) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{r.Kind} {r.Seed} {r.Model,-6} n {r.N} truth {r.Truth:0.000} | {string.Join(' ', r.Result.Estimates.Select(e => $"{e.Method} {e.Value:0.000}"))} | best {r.Result.Best:0.000} [{r.Result.Low:0.000}, {r.Result.High:0.000}] {(r.Result.Known ? "known" : r.Result.Reason)} | AUC {r.Result.DomainAuc:0.00} nearest {r.Result.Nearest:0.00} error {r.Result.MethodError:0.000} | audit {r.Stratified:0.000} width {r.StratifiedWidth:0.000} Wilson {r.Wilson:0.000} {r.WilsonWidth:0.000}"));

    static void Print(string kind, string model, Row[] rows, int draws)
    {
        var c = CultureInfo.InvariantCulture;
        Console.WriteLine(string.Create(c, $"\n{kind}, {model}: {rows.Length} models, n {rows.Average(r => r.N):0}, accuracy {100 * rows.Average(r => r.Truth):0.0} %"));
        for (var e = 0; e < rows[0].Result.Estimates.Count; e++)
        {
            double[] gaps = [.. rows.Select(r => r.Result.Estimates[e].Value - r.Truth)];
            var inside = rows.Count(r => r.Result.Estimates[e].Low <= r.Truth && r.Truth <= r.Result.Estimates[e].High);
            Console.WriteLine(string.Create(c, $"  {rows[0].Result.Estimates[e].Name,-28} mean absolute error {100 * gaps.Average(Math.Abs),5:0.0} points (seeds {100 * gaps.Min():+0.0;-0.0} to {100 * gaps.Max():+0.0;-0.0}), sampling interval holds {inside} of {rows.Length}"));
        }
        var known = rows.Where(r => r.Result.Known).ToArray();
        Console.WriteLine(string.Create(c, $"  cannot be known {rows.Length - known.Length} of {rows.Length}; full interval holds the truth {rows.Count(r => r.Result.Low <= r.Truth && r.Truth <= r.Result.High)} of {rows.Length}, where known {known.Count(r => r.Result.Low <= r.Truth && r.Truth <= r.Result.High)} of {known.Length}; mean half-width {100 * rows.Average(r => (r.Result.High - r.Result.Low) / 2):0.0} points"));
        var all = rows.Length * draws;
        Console.WriteLine(string.Create(c, $"  {Labels} audited labels, {all:N0} draws: stratified {100 * rows.Average(r => r.Stratified):0.0} % covered (least {100 * rows.Min(r => r.Stratified):0.0}), width {100 * rows.Average(r => r.StratifiedWidth):0.0} points; plain random with Wilson {100 * rows.Average(r => r.Wilson):0.0} %, width {100 * rows.Average(r => r.WilsonWidth):0.0}"));
    }
}

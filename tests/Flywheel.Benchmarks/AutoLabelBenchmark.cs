using System.Diagnostics;
using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Labelling;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Benchmarks;

/// <summary>
/// Automatic labelling against the truth in the file names: coverage, true precision, and whether the bound promised held. Arguments: MRL folder, CEW
/// folder, seeds (5), first seed (0), cases (abcd). Cases: a: 120 labels of MRL, 0.98; b: 300 labels, 0.95; c: 120 labels, 0.95, from a model
/// trained on CEW; d: 120 labels of CEW, 0.95, from a model trained on MRL.
/// </summary>
static class AutoLabelBenchmark
{
    sealed record Case(char Name, string Dataset, int Labels, double Precision, string? From);

    static readonly Case[] s_cases = [new('a', "mrl", 120, 0.98, null), new('b', "mrl", 300, 0.95, null), new('c', "mrl", 120, 0.95, "cew"), new('d', "cew", 120, 0.95, "mrl")];

    public static int Run(string[] args)
    {
        if (args.Length < 2)
        {
            Console.Error.WriteLine("Usage: autolabel <mrl> <cew> [seeds] [first] [cases]");
            return 1;
        }
        var seeds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 5;
        var first = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 0;
        var cases = s_cases.Where(c => args.Length <= 4 || args[4].Contains(c.Name, StringComparison.Ordinal)).ToList();
        var root = Path.Combine(Path.GetTempPath(), "flywheel-autolabel-" + Guid.NewGuid().ToString("n"));
        try
        {
            var truth = Prepare(root, args[0], args[1], cases);
            Console.WriteLine("case dataset labels target  seed  cv-accuracy  coverage  bound  true-precision  held  wrong  seconds");
            var held = 0;
            var opened = 0;
            foreach (var c in cases)
            {
                var coverage = new List<double>();
                for (var seed = first; seed < first + seeds; seed++)
                {
                    var (share, kept) = One(root, c, seed, truth);
                    coverage.Add(share);
                    if (kept is not { } ok) continue;
                    opened++;
                    if (ok) held++;
                }
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{c.Name}    mean coverage {coverage.Average():P1} (refused counts as 0), {coverage.Count(x => x == 0)} of {seeds} refused"));
            }
            Console.WriteLine($"bound held in {held} of {opened} runs that labelled");
            return 0;
        }
        finally
        {
            if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
        }
    }

    // One workspace with both datasets, unlabelled, and the models to start from; every run works on a copy of it.
    static Dictionary<string, string> Prepare(string root, string mrl, string cew, List<Case> cases)
    {
        var truth = new Dictionary<string, string>(StringComparer.Ordinal);
        using var workspace = Workspace.Create(Path.Combine(root, "all"));
        foreach (var (name, folder) in new[] { ("mrl", mrl), ("cew", cew) }.Where(d => cases.Any(c => c.Dataset == d.Item1 || c.From == d.Item1)))
        {
            DatasetImporter.Import(workspace, new ImportRequest { Path = folder, Name = name, Unlabeled = true }, NullReporter.Instance, default);
            foreach (var image in workspace.Catalogue.Images(new ImageQuery { Dataset = name })) truth[image.Id] = Truth(name, image.Path);
        }
        foreach (var from in cases.Select(c => c.From).OfType<string>().Distinct())
        {
            using var trained = Workspace.Create(Path.Combine(root, "train-" + from));
            DatasetImporter.Import(trained, new ImportRequest { Path = from == "mrl" ? mrl : cew, Name = from, Unlabeled = true }, NullReporter.Instance, default);
            trained.Catalogue.Annotate([.. trained.Catalogue.Images(new ImageQuery { Dataset = from }).Select(i => new AnnotationChange(i.Id, truth[i.Id], AnnotationProvenance.Imported, "truth"))]);
            DatasetSplitter.Split(trained, new SplitRequest { Dataset = from, Train = 0.9, Validation = 0.1, Test = 0, Seed = 1 }, NullReporter.Instance, default);
            var watch = Stopwatch.StartNew();
            var model = TrainingService.Train(trained, new TrainingRequest { Datasets = [from], Preset = TrainingPreset.Balanced, Name = from + "-model" }, NullReporter.Instance, default);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trained on {from}: {model.Architecture}, validation {model.Validation}, {watch.Elapsed.TotalSeconds:0} s"));
        }
        return truth;
    }

    static string Truth(string dataset, string path) => dataset == "mrl"
        ? Path.GetFileName(path).Split('_')[4] == "1" ? "open" : "closed"
        : path.Contains("closed", StringComparison.OrdinalIgnoreCase) ? "closed" : "open";

    static (double Coverage, bool? Held) One(string root, Case c, int seed, Dictionary<string, string> truth)
    {
        var folder = Path.Combine(root, $"run-{c.Name}-{seed}");
        Copy(Path.Combine(root, "all"), folder);
        try
        {
            using var workspace = Workspace.Open(folder);
            string? model = null;
            if (c.From is { } from)
            {
                using var trained = Workspace.Open(Path.Combine(root, "train-" + from));
                var source = trained.GetModel(from + "-model");
                Copy(source.Path, Path.Combine(workspace.ModelsPath, source.Id));
                workspace.Catalogue.AddModel(source with { Path = Path.Combine(workspace.ModelsPath, source.Id) });
                model = source.Name;
            }
            var images = workspace.Catalogue.Images(new ImageQuery { Dataset = c.Dataset }).OrderBy(i => i.Id, StringComparer.Ordinal).ToList();
            var drawn = new SeededRandom(5000 + seed, 1).Sample(images.Count, c.Labels);
            workspace.Catalogue.Annotate([.. drawn.Select(i => new AnnotationChange(images[i].Id, truth[images[i].Id], AnnotationProvenance.Human, "somebody"))]);
            var watch = Stopwatch.StartNew();
            var head = string.Create(CultureInfo.InvariantCulture, $"{c.Name}    {c.Dataset,-7} {c.Labels,6} {c.Precision,6:0.00}  {seed,4}");
            try
            {
                var result = AutoLabelService.Run(workspace, new AutoLabelRequest { Dataset = c.Dataset, Precision = c.Precision, Model = model, Seed = seed }, NullReporter.Instance, default);
                var labelled = workspace.Catalogue.Images(new ImageQuery { Dataset = c.Dataset, Labelled = true }).Where(i => i.Provenance == AnnotationProvenance.Auto).ToList();
                var wrong = labelled.Count(i => i.Label != truth[i.Id]);
                var precision = 1 - wrong / (double)labelled.Count;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{head}  {result.Accuracy.Value,11:0.000}  {result.Coverage,8:P1}  {result.Bound:0.000}  {precision,14:0.0000}  {(precision >= c.Precision ? "yes" : "NO"),4}  {wrong,2}/{labelled.Count}  {watch.Elapsed.TotalSeconds:0}"));
                return (result.Coverage, precision >= c.Precision);
            }
            catch (FlywheelException fault) when (fault.ErrorId == "PrecisionNotReachable")
            {
                Console.WriteLine($"{head}  refused in {watch.Elapsed.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s: {fault.Message}");
                return (0, null);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}

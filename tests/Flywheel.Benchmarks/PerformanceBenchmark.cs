using Flywheel.Engine.Workspaces;

namespace Flywheel.Benchmarks;

static class PerformanceBenchmark
{
    public static int Run(string[] args)
    {
        var root = args[0];
        foreach (var folder in Directory.GetDirectories(root).Order(StringComparer.Ordinal))
        {
            HashSet<string> learned;
            using (var workspace = Workspace.Open(folder))
                learned = [.. workspace.Catalogue.Images(new ImageQuery { Dataset = "lab" }).Where(i => i.Split is DataSplit.Train or DataSplit.Validation).Select(i => i.Tags.GetValueOrDefault("subject", ""))];
            foreach (var model in (string[])["plain", "robust"])
            {
                using (var workspace = Workspace.Open(folder))
                    if (workspace.Catalogue.FindModel(model) is null) continue;
                var file = Path.Combine(root, "..", "scores", Path.GetFileName(folder) + "-" + model + ".bin");
                if (File.Exists(file)) continue;
                var dev = Path.GetFileName(folder).StartsWith("dev", StringComparison.Ordinal);
                var s = PerformanceScores.Get(file, folder, model, _ => true, i => !dev || !learned.Contains(i.Tags.GetValueOrDefault("subject", "?")));
                Console.WriteLine($"{file} ref {s.Truth.Length} window {s.WindowTruth.Length}");
            }
        }
        return 0;
    }
}

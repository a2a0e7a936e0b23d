using Flywheel.Benchmarks;
using Flywheel.Benchmarks.Decision;
using Flywheel.Benchmarks.Studio;

// dotnet run -c Release --project tests/Flywheel.Benchmarks -- <mode> [options]
var modes = new Dictionary<string, Func<string[], int>>(StringComparer.OrdinalIgnoreCase)
{
    ["autolabel"] = AutoLabelBenchmark.Run,
    ["decision"] = DecisionBenchmark.Run,
    ["import"] = ImportBenchmark.Run,
    ["predict"] = PredictBenchmark.Run,
    ["performance"] = PerformanceBenchmark.Run,
    ["drift"] = DriftBenchmark.Run,
    ["slices"] = SlicesBenchmark.Run,
    ["duplicates"] = DuplicatesBenchmark.Run,
    ["serve"] = ServeBenchmark.Run,
    ["labelerrors"] = LabelErrorsBenchmark.Run,
    ["labelnoise"] = LabelNoiseBenchmark.Run,
    ["studio"] = StudioBenchmark.Run,
    ["explore"] = ExploreBenchmark.Run,
    ["screenshots"] = ScreenshotsMode.Run,
};

if (args.Length > 0 && modes.TryGetValue(args[0], out var run)) return run(args[1..]);
Console.Error.WriteLine($"Usage: Flywheel.Benchmarks <{string.Join('|', modes.Keys)}> [options]");
return 1;

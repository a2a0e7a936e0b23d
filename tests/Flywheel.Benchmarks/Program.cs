using Flywheel.Benchmarks;

// dotnet run -c Release --project tests/Flywheel.Benchmarks -- <mode> [options]
var modes = new Dictionary<string, Func<string[], int>>(StringComparer.OrdinalIgnoreCase)
{
    ["import"] = ImportBenchmark.Run,
    ["predict"] = PredictBenchmark.Run,
    ["serve"] = ServeBenchmark.Run,
};

if (args.Length > 0 && modes.TryGetValue(args[0], out var run)) return run(args[1..]);
Console.Error.WriteLine($"Usage: Flywheel.Benchmarks <{string.Join('|', modes.Keys)}> [options]");
return 1;

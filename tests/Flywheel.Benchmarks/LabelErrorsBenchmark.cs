using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Flywheel.Insight.LabelQuality;

namespace Flywheel.Benchmarks;

/// <summary>
/// Flags and ranking of label errors on the same numbers by us and by cleanlab's find_label_issues, in one run. cleanlab is found by the
/// environment variable CLEANLAB_PYTHONPATH (the folder that holds it) and PYTHON (python3 by default). Options: rows (1,000,000),
/// classes (10), repetitions (5), least ratio (5).
/// </summary>
static class LabelErrorsBenchmark
{
    const string Script = """
        import sys, time, warnings
        warnings.simplefilter("ignore")
        import numpy as np
        import cleanlab
        from cleanlab.filter import find_label_issues
        folder, k, repetitions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        p = np.fromfile(folder + "/p", np.float64).reshape(-1, k)
        y = np.fromfile(folder + "/y", np.int32).astype(np.int64)
        best = None
        for jobs in (1, None):
            for _ in range(repetitions):
                start = time.perf_counter()
                ranked = find_label_issues(y, p, return_indices_ranked_by="self_confidence", n_jobs=jobs)
                seconds = time.perf_counter() - start
                if best is None or seconds < best[0]:
                    best = (seconds, "all cores" if jobs is None else "one process")
        np.asarray(ranked, np.int32).tofile(folder + "/ranked")
        print(cleanlab.__version__, np.__version__, best[0], best[1], sep="|")
        """;

    public static int Run(string[] args)
    {
        int Option(int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;
        int n = Option(0, 1_000_000), k = Option(1, 10), repetitions = Option(2, 5);
        var least = args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 5;
        var (p, labels) = Draw(n, k);

        var options = new LabelErrorOptions { Rule = LabelErrorRule.PruneByNoiseRate };
        var result = ConfidentLearning.Find(p, labels, k, options);
        var ours = double.PositiveInfinity;
        for (var r = 0; r < repetitions; r++)
        {
            var watch = Stopwatch.StartNew();
            result = ConfidentLearning.Find(p, labels, k, options);
            ours = Math.Min(ours, watch.Elapsed.TotalSeconds);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{n:N0} × {k} probabilities, {result.Ranked.Length:N0} flagged and ranked; Flywheel {ours:0.000} s (best of {repetitions}, {Environment.ProcessorCount} cores)"));

        if (Environment.GetEnvironmentVariable("CLEANLAB_PYTHONPATH") is not { Length: > 0 } path)
        {
            Console.WriteLine("Not compared: CLEANLAB_PYTHONPATH does not name the folder that holds the Python package cleanlab.");
            return 0;
        }
        var folder = Directory.CreateTempSubdirectory("flywheel-labels-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "p"), MemoryMarshal.AsBytes<double>(p));
            File.WriteAllBytes(Path.Combine(folder, "y"), MemoryMarshal.AsBytes<int>(labels));
            var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("PYTHON") is { Length: > 0 } python ? python : "python3", ["-c", Script, folder, k.ToString(CultureInfo.InvariantCulture), Math.Min(repetitions, 3).ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["PYTHONPATH"] = path;
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var answer = process.StandardOutput.ReadToEnd().Trim().Split('\n')[^1].Split('|');
            process.WaitForExit();
            if (process.ExitCode != 0 || answer.Length != 4)
            {
                Console.WriteLine($"Not compared: cleanlab does not run: {errors.Result.Trim().Split('\n')[^1]}");
                return 0;
            }
            var theirs = double.Parse(answer[2], CultureInfo.InvariantCulture);
            var ranked = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(Path.Combine(folder, "ranked"))).ToArray();
            var same = ranked.Order().SequenceEqual(result.Ranked.Order());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cleanlab {answer[0]} (NumPy {answer[1]}, {answer[3]}) {theirs:0.000} s: {theirs / ours:0.0} times as long; its flags {(same ? "are the same" : $"differ: {ranked.Except(result.Ranked).Count()} only its, {result.Ranked.Except(ranked).Count()} only ours")}, its ranking {(ranked.SequenceEqual(result.Ranked) ? "too" : "is another")}"));
            return same && theirs / ours >= least ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>A classifier that is right on most rows, of labels of which 8 % are wrong.</summary>
    static (double[] P, int[] Labels) Draw(int n, int k)
    {
        var (p, labels) = (new double[(long)n * k], new int[n]);
        Parallel.For(0, (n + 9999) / 10_000, block =>
        {
            var random = new SeededRandom(1, block);
            for (int i = block * 10_000, end = Math.Min(i + 10_000, n); i < end; i++)
            {
                var truth = random.Next(k);
                labels[i] = random.NextDouble() < 0.08 ? (truth + 1 + random.Next(k - 1)) % k : truth;
                double sum = 0;
                for (var c = 0; c < k; c++) sum += p[i * k + c] = Math.Exp(1.5 * random.NextGaussian() + (c == truth ? 4 : 0));
                for (var c = 0; c < k; c++) p[i * k + c] /= sum;
            }
        });
        return (p, labels);
    }
}

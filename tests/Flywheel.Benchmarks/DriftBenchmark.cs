using System.Diagnostics;
using System.Globalization;
using Flywheel.Insight.Drift;
using Flywheel.Insight.Metrics;
using Flywheel.Tests;

namespace Flywheel.Benchmarks;

/// <summary>
/// Drift. <c>size [images] [dimensions]</c>: time and peak memory of one comparison. <c>alarms [windows]</c>: false alarms on windows without
/// a shift, by how their groups are made, beside the textbook tests; <c>power [windows]</c>: alarms under a shift. <c>eyes mrl cew [windows]</c>:
/// see <see cref="EyesDriftBenchmark"/>.
/// </summary>
static class DriftBenchmark
{
    public static int Run(string[] args) => (args.Length > 0 ? args[0] : "size") switch
    {
        "size" => Size(Number(args, 1, 100_000), Number(args, 2, 256)),
        "alarms" => Alarms(Number(args, 1, 200), 0),
        "power" => Alarms(Number(args, 1, 200), 1),
        "eyes" => EyesDriftBenchmark.Run(args[1], args[2], Number(args, 3, 200)),
        _ => throw new ArgumentException($"'{args[0]}' is not size, alarms, power or eyes."),
    };

    static int Number(string[] args, int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;

    static int Size(int images, int dimensions)
    {
        foreach (var groupSize in new[] { 1, 100 })
        {
            var input = new BlockStream(0.5, dimensions) { ReferenceGroups = images / groupSize, ReferenceSizes = [groupSize], WindowGroups = images / groupSize, WindowSizes = [groupSize] }.Draw(1);
            GC.Collect();
            var before = GC.GetTotalMemory(true);
            long peak = 0;
            using var stop = new CancellationTokenSource();
            var sampler = Task.Run(() =>
            {
                while (!stop.IsCancellationRequested)
                {
                    peak = Math.Max(peak, GC.GetTotalMemory(false));
                    Thread.Sleep(5);
                }
            });
            var watch = Stopwatch.StartNew();
            var findings = DriftDetector.Compare(input);
            watch.Stop();
            stop.Cancel();
            sampler.Wait();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{images:N0} × {dimensions} against as many, groups of {groupSize}: {watch.Elapsed.TotalSeconds:0.0} s, {(peak - before) / 1e6:0} MB beyond the {before / 1e6:0} MB of input; {findings.Verdict}, p {findings.P:0.000} ({findings.Resampling})"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak working set {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB, {Environment.ProcessorCount} cores"));
        return 0;
    }

    static int Alarms(int windows, double shift)
    {
        (string Name, BlockStream Stream)[] streams =
        [
            ("200 images against 2,000, independent", new(1) { ReferenceGroups = 2000, ReferenceSizes = [1], WindowGroups = 200, WindowSizes = [1] }),
            ("20 groups of 10 against 100 of 10", new(0.3) { ReferenceGroups = 100, ReferenceSizes = [10], WindowGroups = 20, WindowSizes = [10] }),
            ("20 groups of 1-40 against 60 of 1-40", new(0.3) { ReferenceGroups = 60, ReferenceSizes = [1, 2, 5, 10, 40], WindowGroups = 20, WindowSizes = [1, 2, 5, 10, 40] }),
            ("36 groups of 1-2 against 8 of 150-200", new(0.5) { ReferenceGroups = 8, ReferenceSizes = [150, 175, 200], WindowGroups = 36, WindowSizes = [1, 2] }),
            ("500 images against 8 groups of 175", new(0.5) { ReferenceGroups = 8, ReferenceSizes = [175], WindowGroups = 500, WindowSizes = [1] }),
            ("6 groups of 50 against 1,000 images", new(0.3) { ReferenceGroups = 1000, ReferenceSizes = [1], WindowGroups = 6, WindowSizes = [50] }),
            ("12 groups of 20 against 1,000 images", new(0.3) { ReferenceGroups = 1000, ReferenceSizes = [1], WindowGroups = 12, WindowSizes = [20] }),
        ];
        double[] alphas = [1.0 / 720, 0.01, 0.05];
        foreach (var (name, stream) in streams)
        {
            var p = new double[windows];
            int cannotTell = 0, textbook = 0;
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < windows; i++)
            {
                var findings = DriftDetector.Compare((stream with { Shift = shift }).Draw(1000 + i), new DriftOptions { Seed = i });
                p[i] = findings.P;
                if (findings.Verdict == DriftVerdict.CannotTell) cannotTell++;
                if (findings.Tests.Any(t => t.IndependentP <= 0.05)) textbook++;
            }
            var rates = alphas.Select(a =>
            {
                var alarms = p.Count(x => x <= a);
                var (low, high) = Intervals.Wilson(alarms, windows);
                return string.Create(CultureInfo.InvariantCulture, $"at {a:0.####}: {alarms} [{windows * low:0.0}, {windows * high:0.0}] (expected {windows * a:0.0})");
            });
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: alarms of {windows} {string.Join("; ", rates)}; cannot tell {cannotTell}; any textbook test at 0.05: {textbook}; {watch.Elapsed.TotalSeconds / windows:0.00} s each"));
        }
        return 0;
    }
}

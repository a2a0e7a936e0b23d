using System.Globalization;

namespace Flywheel.Benchmarks.Decision;

/// <summary>
/// A simulated year of production under the retraining decision and under the usual rules, paired: the same worlds, the same noise.
/// Options: years per scenario, "tune" for the tuning years (other seeds, other ranges).
/// </summary>
static class DecisionBenchmark
{
    public static int Run(string[] args)
    {
        var years = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200;
        var tuning = args.Contains("tune");
        var scenarios = Enum.GetValues<Scenario>();
        var names = Policies().Select(p => (p.Family, p.Name)).Append((Family: "hindsight", Name: "hindsight")).ToList();
        var bills = new Bill[names.Count, scenarios.Length, years];
        var mechanisms = new string[scenarios.Length, years];
        Parallel.For(0, scenarios.Length * years, new ParallelOptions { MaxDegreeOfParallelism = 1 }, job =>
        {
            var (scenario, at) = (job / years, job % years);
            var year = new Year(scenarios[scenario], at + (tuning ? 1 : 100_001), tuning);
            mechanisms[scenario, at] = year.Mechanism;
            var policies = Policies();
            for (var p = 0; p < policies.Count; p++) bills[p, scenario, at] = Simulation.Run(year, policies[p]);
            bills[policies.Count, scenario, at] = Simulation.Run(year, new Hindsight(year));
        });

        Bill[] Of(int policy, int scenario) => [.. Enumerable.Range(0, years).Select(y => bills[policy, scenario, y])];
        var all = Enumerable.Range(0, scenarios.Length).ToArray();
        double Overall(int policy) => all.Average(s => Of(policy, s).Average(b => b.Total));
        var ours = names.FindIndex(n => n.Family == "Flywheel");

        Console.WriteLine($"{years} years per scenario{(tuning ? ", tuning years" : "")}; mean cost of a year with its 95 % interval; difference to Flywheel paired, positive: Flywheel is cheaper.");
        Console.WriteLine();
        Console.WriteLine($"| policy | {string.Join(" | ", scenarios)} | all, mean | less by Flywheel | trainings | labels bought |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", scenarios.Length + 4))}");
        var lower = true;
        foreach (var (p, name) in Enumerable.Range(0, names.Count).Select(p => (p, names[p])).OrderBy(x => x.Item2.Family == "Flywheel" ? 0 : 1).ThenBy(x => x.Item2.Family).ThenBy(x => Overall(x.p)))
        {
            var cells = all.Select(s => Interval(Of(p, s).Select(b => b.Total)));
            // Averaged over scenarios, a year with the same number of each counts as one.
            var differences = Enumerable.Range(0, years).Select(y => all.Average(s => bills[p, s, y].Total - bills[ours, s, y].Total)).ToArray();
            var trained = all.Average(s => Of(p, s).Average(b => b.Trained));
            var labels = all.Average(s => Enumerable.Range(0, years).Average(y => bills[p, s, y].Labels / new Year(scenarios[s], y + (tuning ? 1 : 100_001), tuning).Costs.PerLabel));
            Console.WriteLine($"| {(name.Name == name.Family ? name.Name : $"{name.Family}: {name.Name}")} | {string.Join(" | ", cells)} | {Overall(p).ToString("N0", CultureInfo.InvariantCulture)} | {(p == ours ? "" : Interval(differences))} | {trained.ToString("0.0", CultureInfo.InvariantCulture)} | {labels.ToString("N0", CultureInfo.InvariantCulture)} |");
            if (name.Family is not ("Flywheel" or "hindsight") && differences.Average() - Half(differences) <= 0) lower = false;
        }
        Console.WriteLine();
        Console.WriteLine("Where another rule is cheaper than Flywheel (the best of its family in that scenario, chosen in hindsight):");
        foreach (var s in all)
        {
            foreach (var family in names.Select(n => n.Family).Distinct().Where(f => f is not ("Flywheel" or "hindsight")))
            {
                var best = Enumerable.Range(0, names.Count).Where(p => names[p].Family == family).MinBy(p => Of(p, s).Average(b => b.Total));
                var differences = Enumerable.Range(0, years).Select(y => bills[best, s, y].Total - bills[ours, s, y].Total).ToArray();
                if (differences.Average() < 0) Console.WriteLine($"  {scenarios[s]}: {names[best].Name}, {Interval(differences)}");
            }
            foreach (var mechanism in new[] { "nearness", "penalty" })
            {
                var some = Enumerable.Range(0, years).Where(y => mechanisms[s, y] == mechanism).ToArray();
                Console.WriteLine($"  {scenarios[s]}, {mechanism}: Flywheel {Interval(some.Select(y => bills[ours, s, y].Total))}, hindsight {Interval(some.Select(y => bills[names.Count - 1, s, y].Total))}, never {Interval(some.Select(y => bills[names.FindIndex(n => n.Family == "never"), s, y].Total))}");
            }
        }
        Console.WriteLine(lower ? "Flywheel costs less than every other policy averaged over scenarios; each paired 95 % interval excludes zero." : "Flywheel does not cost less than every other policy.");
        return lower ? 0 : 1;
    }

    static List<Policy> Policies()
    {
        int[] labels = [0, 25, 50, 100, 200, 400];
        List<Policy> policies = [new FlywheelPolicy(), new Never()];
        foreach (var n in labels)
        {
            foreach (var (name, days) in new[] { ("monthly", 30), ("quarterly", 91), ("half-yearly", 182) })
                policies.Add(new Triggered("fixed schedule", name, n, s => s.SinceTraining >= days - 5));
            foreach (var budget in new[] { 30, 90, 365 })
                policies.Add(new Triggered("drift trigger", $"one false alarm in {budget} d", n, s => s.SinceTraining >= Policy.Cooldown && s.Alarm(budget)));
            foreach (var margin in new[] { 0.02, 0.04 })
                policies.Add(new Triggered("accuracy threshold", $"estimate {100 * margin:0} points down or unknown", n,
                    s => s.SinceTraining >= Policy.Cooldown && !(s.Estimate(s.Day)?.Value > s.Published.Value - margin)));
            foreach (var margin in new[] { 0.03, 0.06 })
                policies.Add(new Audited(28, 40, margin, n));
        }
        return policies;
    }

    static double Half(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return Insight.Metrics.Intervals.Z95 * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1) / values.Count);
    }

    static string Interval(IEnumerable<double> values)
    {
        var list = values.ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{list.Average():N0} ± {Half(list):N0}");
    }
}

using System.Globalization;
using Flywheel.Insight.Metrics;

namespace Flywheel.Benchmarks.Decision;

/// <summary>
/// A simulated year of production under the retraining decision and under the usual rules, paired: the same worlds, the same noise. Every
/// other rule is shown with the number of labels that is best for it on these very years. Options: years per scenario; "tune" for the
/// tuning years (other seeds, other ranges); "all" for every number of labels.
/// </summary>
static class DecisionBenchmark
{
    static readonly int[] s_labels = [0, 25, 50, 100, 200, 400, 800];
    static readonly Scenario[] s_scenarios = Enum.GetValues<Scenario>();

    public static int Run(string[] args)
    {
        var years = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200;
        var tuning = args.Contains("tune");
        var rules = Policies().Select(p => new Row(p.Family, p.Trigger, p.Labels, new Bill[s_scenarios.Length, years])).Append(new Row("hindsight", "hindsight", null, new Bill[s_scenarios.Length, years])).ToList();
        var mechanisms = new string[s_scenarios.Length, years];
        for (var s = 0; s < s_scenarios.Length; s++)
            for (var y = 0; y < years; y++)
            {
                var year = new Year(s_scenarios[s], y + (tuning ? 1 : 100_001), tuning);
                mechanisms[s, y] = year.Mechanism;
                foreach (var (row, policy) in rules.Zip([.. Policies(), new Hindsight(year)])) row.Bills[s, y] = Simulation.Run(year, policy);
            }

        var ours = rules.Single(r => r.Family == "Flywheel");
        var others = rules.Where(r => r.Family is not ("Flywheel" or "hindsight")).ToList();
        var shown = args.Contains("all") ? others : [.. others.GroupBy(r => (r.Family, r.Trigger)).Select(g => g.MinBy(r => r.Mean)!)];
        Console.WriteLine($"{years} years per scenario{(tuning ? ", tuning years" : "")}. Cost of a year, mean ± half of the 95 % interval. \"More\" is the paired difference to Flywheel, scenarios averaged: positive means dearer than Flywheel.");
        Console.WriteLine();
        Console.WriteLine($"| rule | {string.Join(" | ", s_scenarios)} | all | more | trainings | labels |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", s_scenarios.Length + 4))}");
        foreach (var row in shown.OrderBy(r => r.Family).ThenBy(r => r.Mean).Prepend(ours).Append(rules[^1]))
            Console.WriteLine($"| {row.Title} | {string.Join(" | ", s_scenarios.Select((_, s) => Interval(row.Of(s).Select(b => b.Total))))} | {Number(row.Mean)} | {(row == ours ? "" : Interval(row.Against(ours)))} | {row.Average(b => b.Trained).ToString("0.0", CultureInfo.InvariantCulture)} | {Number(row.Average(b => b.Labels))} |");

        Console.WriteLine();
        Console.WriteLine("By scenario: the cheapest variant of each family there, against Flywheel; negative: Flywheel is dearer.");
        for (var s = 0; s < s_scenarios.Length; s++)
            foreach (var family in others.GroupBy(r => r.Family))
            {
                var best = family.MinBy(r => r.Of(s).Average(b => b.Total))!;
                Console.WriteLine($"  {s_scenarios[s],-14} {best.Title}: {Interval(best.Of(s).Zip(ours.Of(s), (a, b) => a.Total - b.Total))}");
            }
        Console.WriteLine();
        Console.WriteLine("By hidden mechanism, scenarios pooled: the cheapest variant of each family there, against Flywheel.");
        foreach (var mechanism in mechanisms.Cast<string>().Distinct().Order())
        {
            var at = (from s in Enumerable.Range(0, s_scenarios.Length) from y in Enumerable.Range(0, years) where mechanisms[s, y] == mechanism select (s, y)).ToArray();
            foreach (var family in others.GroupBy(r => r.Family))
            {
                var best = family.MinBy(r => at.Average(x => r.Bills[x.s, x.y].Total))!;
                Console.WriteLine($"  {mechanism,-14} {best.Title}: {Interval(at.Select(x => best.Bills[x.s, x.y].Total - ours.Bills[x.s, x.y].Total))} (n {at.Length})");
            }
        }
        Console.WriteLine();
        var beaten = others.Where(r => r.Against(ours).ToArray() is var d && d.Average() - Half(d) > 0).ToList();
        Console.WriteLine($"Averaged over scenarios, Flywheel is cheaper than {others.Count(r => r.Mean > ours.Mean)} of {others.Count} other rules, {beaten.Count} of them with a paired 95 % interval above zero.");
        return beaten.Count == others.Count ? 0 : 1;
    }

    sealed record Row(string Family, string Trigger, int? Labels, Bill[,] Bills)
    {
        public string Title => $"{(Trigger == Family ? Family : $"{Family}: {Trigger}")}{(Labels is { } n ? $", {n} labels" : "")}";
        public double Mean => Average(b => b.Total);
        public IEnumerable<Bill> Of(int scenario) => Enumerable.Range(0, Bills.GetLength(1)).Select(y => Bills[scenario, y]);
        public double Average(Func<Bill, double> figure) => Bills.Cast<Bill>().Average(figure);
        // One year of each scenario together is one independent unit.
        public IEnumerable<double> Against(Row other) => Enumerable.Range(0, Bills.GetLength(1)).Select(y => Enumerable.Range(0, Bills.GetLength(0)).Average(s => Bills[s, y].Total - other.Bills[s, y].Total));
    }

    static List<Policy> Policies()
    {
        List<Policy> policies = [new FlywheelPolicy(), new Never()];
        foreach (var n in s_labels)
        {
            foreach (var (name, days) in new[] { ("monthly", 28), ("quarterly", 91), ("half-yearly", 182) })
                policies.Add(new Triggered("fixed schedule", name, n, s => s.SinceTraining >= days - 2));
            foreach (var budget in new[] { 30, 90, 365 })
                policies.Add(new Triggered("drift trigger", $"one false alarm in {budget} d", n, s => s.SinceTraining >= Policy.Cooldown && s.Alarm(budget)));
            foreach (var margin in new[] { 0.01, 0.02, 0.04 })
                policies.Add(new Triggered("accuracy threshold", $"estimate {100 * margin:0} points down or unknown", n,
                    s => s.SinceTraining >= Policy.Cooldown && !(s.Estimate(s.Day)?.Value > s.Published.Value - margin)));
            foreach (var margin in new[] { 0.03, 0.06 })
                policies.Add(new Audited(28, 40, margin, n));
        }
        return policies;
    }

    static double Half(double[] values)
    {
        var mean = values.Average();
        return Intervals.Z95 * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length);
    }

    static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    static string Interval(IEnumerable<double> values)
    {
        double[] list = [.. values];
        return $"{Number(list.Average())} ± {Number(Half(list))}";
    }
}

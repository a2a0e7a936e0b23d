using System.Diagnostics;
using System.Globalization;

namespace Flywheel.Benchmarks;

/// <summary>
/// Are planted edge cases named, and is nothing named where none is planted? For each seed a model learns in the lab and meets one field with
/// four planted cases and one without, which is labelled and halved anew in every run. Options: seeds (10), runs without cases per seed (10),
/// first seed (1), known or expected.
/// </summary>
static class SlicesBenchmark
{
    public static int Run(string[] args)
    {
        int Option(int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;
        int seeds = Option(0, 10), plain = Option(1, 10), first = Option(2, 1);
        var errors = args.Length > 3 ? Enum.Parse<SliceErrors>(args[3], true) : SliceErrors.Known;
        int found = 0, wrong = 0, others = 0, empty = 0, plainRuns = 0;
        Console.WriteLine($"{PlantedCases.Lab} lab and {PlantedCases.Field} field pictures; error rate and rank of each case ({string.Join(", ", PlantedCases.Names)}; 0 = not named), error rate of the rest");
        for (var seed = first; seed < first + seeds; seed++)
        {
            var folder = Path.Combine(Path.GetTempPath(), "flywheel-slices-" + Guid.NewGuid().ToString("n"));
            try
            {
                var watch = Stopwatch.StartNew();
                using var experiment = new PlantedCases(folder, seed);
                var trained = watch.Elapsed;
                var outcome = experiment.Seek(experiment.Draw(true, seed), seed, errors);
                found += outcome.FoundAt.Count(r => r > 0);
                wrong += outcome.False;
                others += outcome.Others;
                var cases = string.Join("  ", outcome.FoundAt.Select((r, i) => string.Create(CultureInfo.InvariantCulture, $"{100 * outcome.Rates[i],5:0.0} % #{r}")));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed,5}  {cases}  rest {100 * outcome.Rates[^1]:0.0} %  false {outcome.False}, not planted but true {outcome.Others}  (training {trained.TotalSeconds:0} s, in all {watch.Elapsed.TotalSeconds:0} s)"));
                foreach (var s in outcome.Slices) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      {s.Rank}. {(s.Confirmed ? "confirmed" : "not held "),-9} q {s.Q:0.0000}  {s.Text}"));
                if (plain == 0) continue;
                var without = experiment.Draw(false, seed + 500_000);
                for (var r = 0; r < plain; r++, plainRuns++)
                {
                    var none = experiment.Seek(without, seed * 1000 + r, errors).Slices.Where(s => s.Confirmed).ToList();
                    if (none.Count == 0) empty++;
                    foreach (var s in none) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      nothing planted ({r}): q {s.Q:0.0000}  {s.Text}"));
                }
            }
            finally
            {
                if (Directory.Exists(folder)) Directory.Delete(folder, true);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed} done: {found} of {4 * (seed - first + 1)} found, {wrong} false, {others} not planted but true; nothing planted: {empty} of {plainRuns} empty"));
        }
        return found >= 0.95 * 4 * seeds && wrong <= 0.2 * seeds && empty >= 0.95 * plainRuns ? 0 : 1;
    }
}

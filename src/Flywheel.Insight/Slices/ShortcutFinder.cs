using Flywheel.Insight.Comparison;

namespace Flywheel.Insight.Slices;

/// <summary>
/// Finds columns that alone tell the label nearly as well as a model does (shortcuts, Geirhos et al., Nat. Mach. Intell. 2020): what the
/// model may have learned instead of what the pictures show. A rule of one cut, or of one label per value, is made on one half of the
/// images and judged on the other.
/// </summary>
public static class ShortcutFinder
{
    /// <summary>Share of the model's gain over guessing that a column must reach.</summary>
    public const double NearlyAsWell = 0.8;

    const int Fewest = 40, Permutations = 999;

    /// <summary>A column that tells the label.</summary>
    /// <param name="Column">The column.</param>
    /// <param name="Accuracy">Balanced accuracy of its rule on the half that did not make it.</param>
    /// <param name="N">Images of that half.</param>
    public readonly record struct Shortcut(SliceColumn Column, double Accuracy, int N)
    {
        /// <summary>Probability of so good a rule if the column had nothing to do with the label: of a permutation of the labels, or of a t test over groups where there are any.</summary>
        public double P { get; init; } = 1;
    }

    /// <summary>The shortcuts, strongest first.</summary>
    /// <param name="columns">What is known of the training images.</param>
    /// <param name="labels">Their labels, 0..classes−1.</param>
    /// <param name="classes">Number of labels.</param>
    /// <param name="modelAccuracy">Balanced accuracy of the model on images it has not seen.</param>
    /// <param name="groups">Independent units, or null.</param>
    /// <param name="seed">Seed of the halves.</param>
    public static IReadOnlyList<Shortcut> Find(IReadOnlyList<SliceColumn> columns, int[] labels, int classes, double modelAccuracy, int[]? groups, long seed)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(labels);
        var guess = 1.0 / classes;
        var needed = guess + NearlyAsWell * (modelAccuracy - guess);
        return [.. Judge(columns, labels, classes, groups, seed).Where(s => s.Accuracy > guess && s.Accuracy >= needed)];
    }

    /// <summary>How well each property and tag alone tells the label, best first; nothing if half of the images are fewer than 40.</summary>
    /// <param name="columns">What is known of the images.</param>
    /// <param name="labels">Their labels, 0..classes−1.</param>
    /// <param name="classes">Number of labels.</param>
    /// <param name="groups">Independent units, or null.</param>
    /// <param name="seed">Seed of the halves.</param>
    /// <param name="token">Obeyed between columns.</param>
    public static IReadOnlyList<Shortcut> Judge(IReadOnlyList<SliceColumn> columns, int[] labels, int classes, int[]? groups, long seed, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(labels);
        var (making, judging) = SliceDiscovery.Halves(labels.Length, groups, seed);
        if (judging.Length < Fewest) return [];
        var found = new List<Shortcut>();
        foreach (var column in columns.Where(c => c.Subject is SliceSubject.Property or SliceSubject.Tag))
        {
            token.ThrowIfCancellationRequested();
            if (BestRule(column, labels, classes, making) is not { } best)
            {
                found.Add(new Shortcut(column, 0, judging.Length));
                continue;
            }
            int[] said = [.. judging.Select(i => best.Rule.GetValueOrDefault(best.Part(i)))];
            int[] right = [.. judging.Select(i => labels[i])];
            found.Add(new Shortcut(column, Balanced(said, right, classes), judging.Length)
            {
                P = groups is null ? IndependentP(said, right, classes, seed) : GroupedP(said, right, [.. judging.Select(i => groups[i])], classes),
            });
        }
        return [.. found.OrderByDescending(s => s.Accuracy).ThenBy(s => s.Column.Name, StringComparer.Ordinal)];
    }

    static (Func<int, string> Part, Dictionary<string, int> Rule)? BestRule(SliceColumn column, int[] labels, int classes, int[] making)
    {
        (Func<int, string>, Dictionary<string, int>)? best = null;
        var highest = double.NegativeInfinity;
        int[] right = [.. making.Select(i => labels[i])];
        foreach (var part in Parts(column, making))
        {
            var rule = Rule(part, labels, classes, making);
            var accuracy = Balanced([.. making.Select(i => rule.GetValueOrDefault(part(i)))], right, classes);
            if (accuracy > highest) (best, highest) = ((part, rule), accuracy);
        }
        return best;
    }

    /// <summary>Share of shuffles of the labels in which the rule does at least as well (permutation test, Phipson and Smyth, 2010).</summary>
    static double IndependentP(int[] said, int[] right, int classes, long seed)
    {
        var random = new SeededRandom(seed, 13);
        var observed = Balanced(said, right, classes);
        int[] shuffled = [.. right];
        var hits = 0;
        for (var p = 0; p < Permutations; p++)
        {
            random.Shuffle<int>(shuffled);
            if (Balanced(said, shuffled, classes) >= observed - 1e-12) hits++;
        }
        return (1.0 + hits) / (1 + Permutations);
    }

    /// <summary>
    /// One-sided p of a balanced accuracy above guessing when images of a group go together: the delete-one-group jackknife (Efron and Stein,
    /// Ann. Statist. 1981) and Student's t with one degree of freedom less than there are groups.
    /// </summary>
    static double GroupedP(int[] said, int[] right, int[] groups, int classes)
    {
        int[] units = [.. groups.Distinct().Order()];
        var g = units.Length;
        if (g < 3) return 1; // so few groups cannot tell
        var all = Balanced(said, right, classes);
        double[] without = [.. units.Select(u =>
        {
            int[] rest = [.. Enumerable.Range(0, groups.Length).Where(i => groups[i] != u)];
            return Balanced([.. rest.Select(i => said[i])], [.. rest.Select(i => right[i])], classes);
        })];
        var mean = without.Average();
        var error = Math.Sqrt((g - 1.0) / g * without.Sum(x => (x - mean) * (x - mean)));
        if (!(error > 0)) return all > 1.0 / classes ? Math.Pow(0.5, g) : 1; // every group says the same: a sign test
        return StudentT.Upper((all - 1.0 / classes) / error, g - 1);
    }

    /// <summary>Ways to part the images: by each cut, or by value.</summary>
    static IEnumerable<Func<int, string>> Parts(SliceColumn column, int[] making) => column.Numbers is { } numbers
        ? CutPoints.Find(numbers, making).Select(c => c.Cut).Select(cut => (Func<int, string>)(i => double.IsNaN(numbers[i]) ? "" : numbers[i] <= cut ? "low" : "high"))
        : [i => column.Values![i] is [var value] ? "=" + value : ""];

    /// <summary>In each part, the label that is most over-represented.</summary>
    static Dictionary<string, int> Rule(Func<int, string> part, int[] labels, int classes, int[] rows)
    {
        var totals = new double[classes];
        var counts = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var i in rows)
        {
            totals[labels[i]]++;
            if (!counts.TryGetValue(part(i), out var of)) counts[part(i)] = of = new double[classes];
            of[labels[i]]++;
        }
        return counts.ToDictionary(c => c.Key, c => Enumerable.Range(0, classes).MaxBy(k => totals[k] > 0 ? c.Value[k] / totals[k] : 0), StringComparer.Ordinal);
    }

    static double Balanced(int[] said, int[] right, int classes)
    {
        double[] hits = new double[classes], totals = new double[classes];
        for (var i = 0; i < right.Length; i++)
        {
            totals[right[i]]++;
            if (said[i] == right[i]) hits[right[i]]++;
        }
        var sum = 0.0;
        var present = 0;
        for (var k = 0; k < classes; k++)
        {
            if (totals[k] == 0) continue;
            sum += hits[k] / totals[k];
            present++;
        }
        return present == 0 ? 0 : sum / present;
    }
}

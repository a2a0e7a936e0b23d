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

    const int Fewest = 40;

    /// <summary>A column that tells the label.</summary>
    /// <param name="Column">The column.</param>
    /// <param name="Accuracy">Balanced accuracy of its rule on the half that did not make it.</param>
    /// <param name="N">Images of that half.</param>
    public readonly record struct Shortcut(SliceColumn Column, double Accuracy, int N);

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
        var (making, judging) = SliceDiscovery.Halves(labels.Length, groups, seed);
        if (judging.Length < Fewest) return [];
        var guess = 1.0 / classes;
        var needed = guess + NearlyAsWell * (modelAccuracy - guess);
        return [.. columns.Where(c => c.Subject is SliceSubject.Property or SliceSubject.Tag)
            .Select(c => new Shortcut(c, Judge(c, labels, classes, making, judging), judging.Length))
            .Where(s => s.Accuracy > guess && s.Accuracy >= needed).OrderByDescending(s => s.Accuracy)];
    }

    static double Judge(SliceColumn column, int[] labels, int classes, int[] making, int[] judging)
    {
        Func<int, string>? best = null;
        Dictionary<string, int> bestRule = [];
        var highest = double.NegativeInfinity;
        foreach (var part in Parts(column, making))
        {
            var rule = Rule(part, labels, classes, making);
            var accuracy = Balanced(part, rule, labels, classes, making);
            if (accuracy > highest) (best, bestRule, highest) = (part, rule, accuracy);
        }
        return best is null ? 0 : Balanced(best, bestRule, labels, classes, judging);
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

    static double Balanced(Func<int, string> part, Dictionary<string, int> rule, int[] labels, int classes, int[] rows)
    {
        double[] hits = new double[classes], totals = new double[classes];
        foreach (var i in rows)
        {
            totals[labels[i]]++;
            if (rule.GetValueOrDefault(part(i)) == labels[i]) hits[labels[i]]++;
        }
        return Enumerable.Range(0, classes).Where(k => totals[k] > 0).Average(k => hits[k] / totals[k]);
    }
}

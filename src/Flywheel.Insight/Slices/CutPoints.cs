using System.Globalization;

namespace Flywheel.Insight.Slices;

/// <summary>Bounds at which a column of numbers may be cut: at its quantiles, closer together towards the ends, and as round as the data allow.</summary>
static class CutPoints
{
    // Edge cases live in the tails.
    static readonly double[] s_quantiles = [.. new[] { 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4 }.SelectMany(q => new[] { q, 1 - q }).Append(0.5).Order()];

    /// <summary>Share of the images that may change sides for a rounder number.</summary>
    const double Slack = 0.003;

    /// <summary>
    /// Ascending cuts, every two of which part different images. Natural is one where the numbers themselves break: in a wide gap, or at the end of a
    /// heap of equal numbers.
    /// </summary>
    public static IReadOnlyList<(double Cut, bool Natural)> Find(double[] numbers, IReadOnlyList<int> rows)
    {
        var sorted = rows.Select(i => numbers[i]).Where(x => !double.IsNaN(x)).Order().ToArray();
        if (sorted.Length < 2 || sorted[0] == sorted[^1]) return [];
        var cuts = new SortedDictionary<int, (double, bool)>();
        var natural = Gaps(sorted).Concat(HeapEnds(sorted)).Select(at => ((double)at, true));
        foreach (var (at, breaks) in natural.Concat(s_quantiles.Select(q => (q * sorted.Length, false))))
        {
            var slack = Slack * sorted.Length;
            var low = sorted[(int)Math.Clamp(Math.Floor(at - slack) - 1, 0, sorted.Length - 1)];
            var high = sorted[(int)Math.Clamp(Math.Ceiling(at + slack), 0, sorted.Length - 1)];
            if (low >= high) continue;
            var cut = Roundest(low, high);
            var below = UpperBound(sorted, cut);
            if (below > 0 && below < sorted.Length) cuts.TryAdd(below, (cut, breaks));
        }
        return [.. cuts.Values];
    }

    /// <summary>Places of the widest gaps: more than a twentieth of the span.</summary>
    static IEnumerable<int> Gaps(double[] sorted)
    {
        var wide = (sorted[^1] - sorted[0]) / 20;
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i] - sorted[i - 1] > wide) yield return i;
    }

    /// <summary>Where a run of equal numbers of at least a hundredth of all begins or ends.</summary>
    static IEnumerable<int> HeapEnds(double[] sorted)
    {
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && sorted[end] == sorted[start]; end++) { }
            if (end - start < Math.Max(2, sorted.Length / 100)) continue;
            yield return start;
            yield return end;
        }
    }

    /// <summary>The number of the fewest digits with low ≤ number &lt; high; the one nearest to the middle among equals.</summary>
    internal static double Roundest(double low, double high)
    {
        var middle = (low + high) / 2;
        for (var step = Math.Pow(10, Math.Ceiling(Math.Log10(Math.Max(high - low, Math.Max(Math.Abs(low), Math.Abs(high)))))); ; step /= 10)
        {
            foreach (var part in (double[])[1, 0.5])
            {
                var size = step * part;
                foreach (var steps in (double[])[Math.Round(middle / size), Math.Ceiling(low / size), Math.Ceiling(high / size) - 1])
                    if (Digits(steps * size) is var cut && cut >= low && cut < high) return cut;
            }
            if (step < (high - low) * 1e-3) return low;
        }
    }

    /// <summary>Without the last digits, where 0.3 is 0.30000000000000004.</summary>
    static double Digits(double x) => double.Parse(x.ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    static int UpperBound(double[] sorted, double value)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] <= value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}

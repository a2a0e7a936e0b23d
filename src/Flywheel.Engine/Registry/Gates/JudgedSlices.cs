using System.Globalization;
using Flywheel.Insight.Comparison;

namespace Flywheel.Engine.Registry.Gates;

/// <summary>
/// The slices of the judged images: those in which the champion was found to fail more often in production, every value of a tag, every true
/// label, every answer of the champion, and the quarters of every measured property, cut without a look at any answer. Slices of the same
/// images count once.
/// </summary>
static class JudgedSlices
{
    /// <summary>A tag with more values names things, not conditions.</summary>
    const int MostValues = 30;

    static readonly double[] s_quarters = [0.25, 0.5, 0.75];

    /// <summary>True if an image alone tells whether it is in the slice: its look and what reporters said belong to the window the slice was found in.</summary>
    public static bool CanBeTold(Slice slice) => slice.Conditions.All(c => c.Subject is SliceSubject.Property or SliceSubject.Tag or SliceSubject.Predicted);

    /// <summary>Those large enough to be compared, and how many are too small.</summary>
    /// <param name="set">The judged images.</param>
    /// <param name="confirmed">The champion's confirmed slices in production.</param>
    public static (List<(string Name, List<int> Rows)> Slices, int TooSmall) Of(JudgedImages set, IReadOnlyList<Slice> confirmed)
    {
        var n = set.Images.Count;
        var all = new List<(string Name, List<int> Rows)>();
        all.AddRange(confirmed.Where(CanBeTold).Select(s => ($"confirmed: {s.Name}", Enumerable.Range(0, n).Where(i => s.Conditions.All(c => c.Holds(set.Images[i], set.ChampionPrediction(i)))).ToList())));
        foreach (var tag in set.Images.SelectMany(i => i.Tags.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var values = Enumerable.Range(0, n).Where(i => set.Images[i].Tags.ContainsKey(tag)).GroupBy(i => set.Images[i].Tags[tag]).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
            if (values.Count <= MostValues) all.AddRange(values.Select(v => ($"{tag} = {v.Key}", v.ToList())));
        }
        all.AddRange(By("label", i => set.Images[i].Label!));
        all.AddRange(By("champion says", set.ChampionSays));
        foreach (var property in PropertyCondition.KnownProperties.Where(p => p != "bytes"))
        {
            double[] values = [.. set.Images.Select(i => ImageProperties.Of(i, property))];
            double[] sorted = [.. values.Order()];
            double[] cuts = [.. s_quarters.Select(q => sorted[(int)(q * (n - 1))]).Distinct().Where(c => c < sorted[^1])];
            for (var b = 0; b <= cuts.Length && cuts.Length > 0; b++)
            {
                double from = b == 0 ? double.NegativeInfinity : cuts[b - 1], to = b == cuts.Length ? double.PositiveInfinity : cuts[b];
                var name = b == 0 ? $"{property} ≤ {Number(to)}" : b == cuts.Length ? $"{property} > {Number(from)}" : $"{Number(from)} < {property} ≤ {Number(to)}";
                all.Add((name, [.. Enumerable.Range(0, n).Where(i => values[i] > from && values[i] <= to)]));
            }
        }
        var distinct = all.Where(s => s.Rows.Count < n).DistinctBy(s => string.Join(',', s.Rows)).ToList();
        var large = distinct.Where(s => SliceComparison.IsLargeEnough(s.Rows, set.Groups)).ToList();
        return (large, distinct.Count - large.Count);

        IEnumerable<(string, List<int>)> By(string what, Func<int, string> of) =>
            Enumerable.Range(0, n).GroupBy(of).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => ($"{what} = {g.Key}", g.ToList()));
    }

    static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}

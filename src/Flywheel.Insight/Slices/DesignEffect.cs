namespace Flywheel.Insight.Slices;

/// <summary>
/// How much less a sample of groups says than as many independent images: 1 + (m − 1)ρ, with ρ the intraclass correlation of the errors and m
/// the size of a group weighted by itself (Kish, Survey Sampling, 1965; Rao and Scott, Biometrics 1992, for counts divided by it).
/// </summary>
sealed class DesignEffect
{
    readonly int[]? _groups;
    readonly double _correlation;

    /// <param name="errors">0..1 by row.</param>
    /// <param name="groups">Group by row, or null for independent images.</param>
    /// <param name="rows">The rows the correlation is estimated on.</param>
    public DesignEffect(double[] errors, int[]? groups, IReadOnlyList<int> rows)
    {
        if (groups is null) return;
        // One-way analysis of variance (Donner, Int. Stat. Rev. 1986, eq. 2.1).
        var sums = new Dictionary<int, (int N, double Sum)>();
        double total = 0, squares = 0;
        foreach (var i in rows)
        {
            var (n, sum) = sums.GetValueOrDefault(groups[i]);
            sums[groups[i]] = (n + 1, sum + errors[i]);
            total += errors[i];
            squares += errors[i] * errors[i];
        }
        int count = rows.Count, g = sums.Count;
        if (g < 2 || g == count) return;
        double between = 0, sizes = 0;
        foreach (var (n, sum) in sums.Values)
        {
            between += sum * sum / n;
            sizes += (double)n * n;
        }
        var withinMean = Math.Max(0, squares - between) / (count - g);
        var betweenMean = (between - total * total / count) / (g - 1);
        var size = (count - sizes / count) / (g - 1);
        var spread = betweenMean + (size - 1) * withinMean;
        _groups = groups;
        _correlation = spread > 0 ? Math.Clamp((betweenMean - withinMean) / spread, 0, 1) : 0;
    }

    /// <summary>The effect in some rows, 1 or more.</summary>
    public double Of(IEnumerable<int> rows)
    {
        if (_groups is null || _correlation == 0) return 1;
        double n = 0, squares = 0;
        foreach (var size in rows.CountBy(i => _groups[i]))
        {
            n += size.Value;
            squares += (double)size.Value * size.Value;
        }
        return n == 0 ? 1 : 1 + (squares / n - 1) * _correlation;
    }
}

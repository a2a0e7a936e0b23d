namespace Flywheel.Insight.Slices;

/// <summary>False discovery rate (Benjamini and Hochberg, J. R. Stat. Soc. B 1995).</summary>
public static class BenjaminiHochberg
{
    /// <summary>q of each p: the smallest false discovery rate at which it would be called.</summary>
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        var q = new double[p.Count];
        var least = 1.0;
        foreach (var (rank, i) in Enumerable.Range(0, p.Count).OrderBy(i => p[i]).ThenBy(i => i).Select((i, rank) => (rank + 1, i)).Reverse())
            q[i] = least = Math.Min(least, p[i] * p.Count / rank);
        return q;
    }
}

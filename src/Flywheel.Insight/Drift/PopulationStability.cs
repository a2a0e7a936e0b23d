namespace Flywheel.Insight.Drift;

/// <summary>The population stability index: Jeffreys' divergence of two samples over the reference's quantile bins.</summary>
public static class PopulationStability
{
    /// <summary>The index. An empty bin counts as half an image.</summary>
    /// <param name="reference">Values; at least one.</param>
    /// <param name="window">Values; at least one.</param>
    /// <param name="referenceWeights">Weight of each value; null for equal ones.</param>
    /// <param name="windowWeights">Weight of each value; null for equal ones.</param>
    /// <param name="bins">Bins, fewer where values tie.</param>
    public static double Index(double[] reference, double[] window, double[]? referenceWeights = null, double[]? windowWeights = null, int bins = 10)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(window);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        double[] sorted = [.. reference.Order()];
        var edges = Enumerable.Range(1, bins - 1).Select(k => Quantile(sorted, k / (double)bins)).Distinct().ToArray();
        double[] p = Shares(reference, referenceWeights, edges), q = Shares(window, windowWeights, edges);
        double index = 0;
        for (var b = 0; b < p.Length; b++)
        {
            double x = Math.Max(p[b], 0.5 / reference.Length), y = Math.Max(q[b], 0.5 / window.Length);
            index += (y - x) * Math.Log(y / x);
        }
        return index;
    }

    static double[] Shares(double[] values, double[]? weights, double[] edges)
    {
        var shares = new double[edges.Length + 1];
        var sum = weights?.Sum() ?? values.Length;
        for (var i = 0; i < values.Length; i++)
        {
            // A value on an edge belongs to the bin below.
            var at = Array.BinarySearch(edges, values[i]);
            shares[at < 0 ? ~at : at] += (weights?[i] ?? 1) / sum;
        }
        return shares;
    }

    static double Quantile(double[] sorted, double q)
    {
        var at = q * (sorted.Length - 1);
        var low = (int)at;
        return low + 1 < sorted.Length ? sorted[low] + (at - low) * (sorted[low + 1] - sorted[low]) : sorted[^1];
    }
}

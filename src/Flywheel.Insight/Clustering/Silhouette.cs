namespace Flywheel.Insight.Clustering;

/// <summary>The silhouette of a partition (Rousseeuw, 1987).</summary>
public static class Silhouette
{
    /// <summary>Mean silhouette over the rows, Euclidean, in −1..1; 0 for rows alone in their cluster; NaN with fewer than two clusters.</summary>
    public static double Mean(EmbeddingMatrix rows, int[] assignment, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(assignment);
        var n = rows.Count;
        var k = n == 0 ? 0 : assignment.Max() + 1;
        var sizes = new int[k];
        foreach (var a in assignment) sizes[a]++;
        if (sizes.Count(s => s > 0) < 2) return double.NaN;
        var values = new double[n];
        Parallel.For(0, n, new ParallelOptions { CancellationToken = token }, i =>
        {
            if (sizes[assignment[i]] == 1) return;
            Span<double> sums = k <= 64 ? stackalloc double[k] : new double[k];
            sums.Clear();
            for (var j = 0; j < n; j++) sums[assignment[j]] += Math.Sqrt(VectorMath.SquaredDistance(rows[i], rows[j]));
            var own = sums[assignment[i]] / (sizes[assignment[i]] - 1);
            var other = double.PositiveInfinity;
            for (var c = 0; c < k; c++)
                if (c != assignment[i] && sizes[c] > 0) other = Math.Min(other, sums[c] / sizes[c]);
            var larger = Math.Max(own, other);
            values[i] = larger > 0 ? (other - own) / larger : 0;
        });
        return values.Average();
    }
}

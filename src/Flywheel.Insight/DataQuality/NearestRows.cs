namespace Flywheel.Insight.DataQuality;

/// <summary>The nearest rows of every row, by squared Euclidean distance, found by comparing all with all on all cores.</summary>
public static class NearestRows
{
    /// <summary>Neighbours of one matrix's rows among another's.</summary>
    /// <param name="rows">n × d.</param>
    /// <param name="among">m × d.</param>
    /// <param name="k">How many, at most m.</param>
    /// <param name="excluded">True where a row of the second may not be a neighbour of a row of the first: itself, one of its own group; null for never.</param>
    /// <param name="done">Called after each row, from any thread.</param>
    /// <param name="token">Obeyed between rows.</param>
    /// <returns>Row by row, k rows of <paramref name="among"/> and their squared distances, nearest first; −1 and infinity where too few are allowed.</returns>
    public static (int[] Rows, float[] Distances) Find(EmbeddingMatrix rows, EmbeddingMatrix among, int k, Func<int, int, bool>? excluded, Action? done = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(among);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if (rows.Dimensions != among.Dimensions) throw new ArgumentException($"Rows of {rows.Dimensions} and {among.Dimensions} dimensions cannot be compared.", nameof(among));
        var found = new int[rows.Count * k];
        var distances = new float[rows.Count * k];
        Array.Fill(found, -1);
        Array.Fill(distances, float.PositiveInfinity);
        Parallel.For(0, rows.Count, new ParallelOptions { CancellationToken = token }, i =>
        {
            var row = rows[i];
            var to = found.AsSpan(i * k, k);
            var least = distances.AsSpan(i * k, k);
            for (var j = 0; j < among.Count; j++)
            {
                var d = VectorMath.SquaredDistance(row, among[j]);
                if (d >= least[k - 1] || excluded is not null && excluded(i, j)) continue;
                var at = k - 1;
                for (; at > 0 && least[at - 1] > d; at--) (least[at], to[at]) = (least[at - 1], to[at - 1]);
                (least[at], to[at]) = (d, j);
            }
            done?.Invoke();
        });
        return (found, distances);
    }
}

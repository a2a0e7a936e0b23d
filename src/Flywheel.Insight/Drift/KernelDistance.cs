namespace Flywheel.Insight.Drift;

/// <summary>
/// Maximum mean discrepancy with the Gaussian kernel exp(−‖x − y‖² / 2σ²) (Gretton et al., JMLR 2012).
/// </summary>
public static class KernelDistance
{
    /// <summary>σ by the median heuristic: the median distance between rows, of at most <paramref name="most"/> drawn at random.</summary>
    /// <param name="rows">Both samples together, at least two rows.</param>
    /// <param name="seed">Chooses the rows.</param>
    /// <param name="most">Rows to look at.</param>
    public static double Bandwidth(EmbeddingMatrix rows, long seed, int most = 1000)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var kept = rows.Count <= most ? rows : rows.Rows(new SeededRandom(seed).Sample(rows.Count, most));
        var distances = new List<float>(kept.Count * (kept.Count - 1) / 2);
        for (var i = 0; i < kept.Count; i++)
            for (var j = 0; j < i; j++) distances.Add(VectorMath.SquaredDistance(kept[i], kept[j]));
        distances.Sort();
        var middle = distances.Count / 2;
        double median = distances.Count % 2 == 1 ? Math.Sqrt(distances[middle]) : (Math.Sqrt(distances[middle - 1]) + Math.Sqrt(distances[middle])) / 2;
        return median > 0 ? median : 1;
    }

    /// <summary>The unbiased estimate of MMD², exact: time and n·m; see <see cref="FourierMap"/> for large samples.</summary>
    public static double Unbiased(EmbeddingMatrix first, EmbeddingMatrix second, double sigma)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        double n = first.Count, m = second.Count;
        return Within(first, sigma) / (n * (n - 1)) + Within(second, sigma) / (m * (m - 1)) - 2 * Across(first, second, sigma) / (n * m);
    }

    /// <summary>The kernel's value.</summary>
    public static double Kernel(ReadOnlySpan<float> a, ReadOnlySpan<float> b, double sigma) => Math.Exp(-VectorMath.SquaredDistance(a, b) / (2 * sigma * sigma));

    static double Within(EmbeddingMatrix rows, double sigma)
    {
        double sum = 0;
        for (var i = 0; i < rows.Count; i++)
            for (var j = 0; j < i; j++) sum += Kernel(rows[i], rows[j], sigma);
        return 2 * sum;
    }

    static double Across(EmbeddingMatrix first, EmbeddingMatrix second, double sigma)
    {
        double sum = 0;
        for (var i = 0; i < first.Count; i++)
            for (var j = 0; j < second.Count; j++) sum += Kernel(first[i], second[j], sigma);
        return sum;
    }
}

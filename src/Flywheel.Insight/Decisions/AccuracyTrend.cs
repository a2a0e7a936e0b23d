using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.Decisions;

/// <summary>Whether measured accuracy goes up or down with time.</summary>
public static class AccuracyTrend
{
    /// <summary>Fewest measurements an interval can be made of.</summary>
    public const int Fewest = 4;

    /// <summary>
    /// The median of all pairwise slopes (Theil 1950) with the interval of Sen (JASA 1968): one wild measurement does not turn it.
    /// Null with fewer than four measurements or when all are of one moment.
    /// </summary>
    /// <param name="days">When, in days.</param>
    /// <param name="accuracies">How accurate, 0..1.</param>
    public static Metric? Estimate(IReadOnlyList<double> days, IReadOnlyList<double> accuracies)
    {
        ArgumentNullException.ThrowIfNull(days);
        ArgumentNullException.ThrowIfNull(accuracies);
        if (days.Count != accuracies.Count) throw new ArgumentException($"{days.Count} times for {accuracies.Count} accuracies.", nameof(accuracies));
        var n = days.Count;
        var slopes = new List<double>();
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                if (days[i] > days[j]) slopes.Add((accuracies[i] - accuracies[j]) / (days[i] - days[j]));
        if (n < Fewest || slopes.Count == 0) return null;
        slopes.Sort();

        double Ties(IReadOnlyList<double> values) => values.GroupBy(v => v).Select(g => (double)g.Count()).Sum(k => k * (k - 1) * (2 * k + 5));
        var variance = (n * (n - 1.0) * (2.0 * n + 5) - Ties(days) - Ties(accuracies)) / 18;
        var half = Intervals.Z95 * Math.Sqrt(Math.Max(0, variance));
        var low = Math.Max(0, (int)Math.Round((slopes.Count - half) / 2) - 1);
        var high = Math.Min(slopes.Count - 1, (int)Math.Round((slopes.Count + half) / 2));
        return new Metric("accuracy per day", Intervals.Quantile(slopes, 0.5), slopes[low], slopes[high], n, "TheilSen");
    }
}

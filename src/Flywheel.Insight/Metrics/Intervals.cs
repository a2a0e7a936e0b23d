namespace Flywheel.Insight.Metrics;

/// <summary>95 % intervals.</summary>
public static class Intervals
{
    /// <summary>The standard normal's 97.5 % point.</summary>
    public const double Z95 = 1.959963984540054;

    /// <summary>Wilson's score interval of a proportion (Wilson, JASA 1927). NaN without trials.</summary>
    public static (double Low, double High) Wilson(double successes, double trials)
    {
        if (!(trials > 0)) return (double.NaN, double.NaN);
        var p = successes / trials;
        var z2 = Z95 * Z95;
        var denominator = 1 + z2 / trials;
        var centre = (p + z2 / (2 * trials)) / denominator;
        var half = Z95 / denominator * Math.Sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials));
        // At 0 and 1 the formula gives exactly 0 and 1 but for rounding.
        return (successes <= 0 ? 0 : Math.Max(0, centre - half), successes >= trials ? 1 : Math.Min(1, centre + half));
    }

    /// <summary>
    /// The interval of a proportion: Wilson's for independent trials; the group bootstrap's percentiles for grouped ones. A proportion of
    /// exactly 0 or 1 is the same in every resample, and the bootstrap would claim certainty: there it is Wilson's with the groups, which
    /// are what was drawn independently, as trials. One group says nothing of how groups differ: NaN.
    /// </summary>
    /// <param name="successes">Images that count.</param>
    /// <param name="trials">Images in all.</param>
    /// <param name="groups">Number of groups, or null for independent images.</param>
    /// <param name="resamples">The proportion in resamples of the groups; not looked at for independent images.</param>
    public static (double Low, double High, string Method) Proportion(double successes, double trials, int? groups, ReadOnlySpan<double> resamples)
    {
        if (groups is not { } count)
        {
            var (low, high) = Wilson(successes, trials);
            return (low, high, "Wilson");
        }
        if (count < 2 || !(trials > 0)) return (double.NaN, double.NaN, "GroupBootstrap");
        if (successes <= 0 || successes >= trials)
        {
            var independent = Math.Min(count, trials);
            var (low, high) = Wilson(successes <= 0 ? 0 : independent, independent);
            return (low, high, "Wilson");
        }
        var (from, to) = Percentile(resamples, successes / trials);
        return (from, to, "GroupBootstrap");
    }

    /// <summary>
    /// The 2.5 and 97.5 percentiles (linear interpolation) of the resamples in which the figure is defined, widened to contain the
    /// estimate: percentiles of a biased figure such as the calibration error may lie wholly beside it. NaN if the figure is
    /// undefined in most resamples.
    /// </summary>
    public static (double Low, double High) Percentile(ReadOnlySpan<double> resamples, double estimate)
    {
        var defined = new List<double>(resamples.Length);
        foreach (var value in resamples)
            if (!double.IsNaN(value)) defined.Add(value);
        if (double.IsNaN(estimate) || defined.Count == 0 || defined.Count < resamples.Length / 2) return (double.NaN, double.NaN);
        defined.Sort();
        return (Math.Min(estimate, Quantile(defined, 0.025)), Math.Max(estimate, Quantile(defined, 0.975)));
    }

    /// <summary>Quantile of ascending values by linear interpolation (Hyndman and Fan's type 7).</summary>
    public static double Quantile(IReadOnlyList<double> ascending, double q)
    {
        ArgumentNullException.ThrowIfNull(ascending);
        if (ascending.Count == 0) return double.NaN;
        var at = q * (ascending.Count - 1);
        var below = (int)Math.Floor(at);
        var above = Math.Min(below + 1, ascending.Count - 1);
        return ascending[below] + (at - below) * (ascending[above] - ascending[below]);
    }
}

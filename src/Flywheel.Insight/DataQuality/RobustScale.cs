using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.DataQuality;

/// <summary>
/// Where a distribution lies and how wide it is, by median and median absolute deviation (MAD): up to half of the values may be anything.
/// The MAD times 1.4826 estimates the standard deviation of a normal distribution (Rousseeuw and Croux, JASA 1993); the z of Iglewicz and
/// Hoaglin (How to Detect and Handle Outliers, 1993), who call values beyond 3.5 outliers.
/// </summary>
/// <param name="Median">Median.</param>
/// <param name="Deviation">1.4826 · MAD; where more than half of the values are equal, 1.2533 times the mean absolute deviation from the median instead, as the same book has it.</param>
/// <param name="N">Values it was made of.</param>
public readonly record struct RobustScale(double Median, double Deviation, int N)
{
    /// <summary>1 / Φ⁻¹(3/4).</summary>
    const double Mad = 1.482602218505602;

    /// <summary>√(π/2).</summary>
    const double MeanDeviation = 1.2533141373155003;

    /// <summary>Scale of the finite values; NaN without any.</summary>
    public static RobustScale Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length == 0) return new RobustScale(double.NaN, double.NaN, 0);
        var median = Intervals.Quantile(sorted, 0.5);
        double[] away = [.. sorted.Select(x => Math.Abs(x - median)).Order()];
        var mad = Intervals.Quantile(away, 0.5);
        return new RobustScale(median, mad > 0 ? Mad * mad : MeanDeviation * away.Average(), sorted.Length);
    }

    /// <summary>How many deviations a value lies above the median; 0 if all values are equal.</summary>
    public double Z(double value) => Deviation > 0 ? (value - Median) / Deviation : 0;
}

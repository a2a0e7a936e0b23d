namespace Flywheel.Insight.Comparison;

/// <summary>
/// Score interval of the difference of two proportions on the same trials (Tango, Statistics in Medicine 17, 1998). Unlike the bootstrap it
/// does not claim certainty when no trial tells the two apart, and it covers at small n.
/// </summary>
public static class PairedProportion
{
    /// <summary>The interval of (gained − lost) / n. NaN without trials.</summary>
    /// <param name="gained">Trials only the second succeeds in.</param>
    /// <param name="lost">Trials only the first succeeds in.</param>
    /// <param name="n">All trials; counts divided by a design effect need not be whole.</param>
    /// <param name="z">Critical value: 1.96 for 95 %.</param>
    public static (double Low, double High) Interval(double gained, double lost, double n, double z = Metrics.Intervals.Z95)
    {
        if (!(n > 0)) return (double.NaN, double.NaN);
        ArgumentOutOfRangeException.ThrowIfNegative(gained);
        ArgumentOutOfRangeException.ThrowIfNegative(lost);
        var estimate = (gained - lost) / n;
        return (Solve(-1, estimate, z), Solve(estimate, 1, -z));

        // The score falls from one end to the other; 60 halvings reach the resolution of a double.
        double Solve(double low, double high, double target)
        {
            for (var i = 0; i < 60; i++)
            {
                var middle = (low + high) / 2;
                if (Score(middle) > target) low = middle;
                else high = middle;
            }
            return (low + high) / 2;
        }

        double Score(double d)
        {
            // q: the probability of a loss under difference d, by constrained maximum likelihood (his equation 5).
            double a = 2 * n, b = -gained - lost + (2 * n - gained + lost) * d, c = -lost * d * (1 - d);
            var q = Math.Max(0, (Math.Sqrt(Math.Max(0, b * b - 4 * a * c)) - b) / (2 * a));
            var variance = n * (2 * q + d * (1 - d));
            var distance = gained - lost - n * d;
            return variance > 0 ? distance / Math.Sqrt(variance) : distance == 0 ? 0 : distance > 0 ? double.PositiveInfinity : double.NegativeInfinity;
        }
    }
}

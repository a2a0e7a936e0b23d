namespace Flywheel.Insight.Drift;

/// <summary>
/// Joint judgement of several statistics by what they are under rearrangements. Each is brought to a common scale by its own mean, spread
/// and skewness (Wilson and Hilferty's cube root for Pearson's type III); the largest of an arrangement is what the largest observed is
/// compared with (Westfall and Young, 1993). So there is one threshold for all, and tests that say the same cost no power.
/// </summary>
sealed class RearrangedFamily
{
    readonly double[] _mean, _spread, _skew;
    readonly double[] _largest; // of each rearrangement, descending
    readonly double[] _observed;
    readonly double _threshold;

    /// <summary>Judges.</summary>
    /// <param name="observed">Each statistic as it is.</param>
    /// <param name="rearranged">Each statistic under each rearrangement: [rearrangement][statistic].</param>
    /// <param name="alpha">The p that makes an alarm.</param>
    public RearrangedFamily(double[] observed, double[][] rearranged, double alpha)
    {
        _observed = observed;
        var tests = observed.Length;
        (_mean, _spread, _skew) = (new double[tests], new double[tests], new double[tests]);
        for (var t = 0; t < tests; t++)
        {
            double m2 = 0, m3 = 0;
            foreach (var row in rearranged) _mean[t] += row[t] / rearranged.Length;
            foreach (var row in rearranged)
            {
                var d = row[t] - _mean[t];
                m2 += d * d / rearranged.Length;
                m3 += d * d * d / rearranged.Length;
            }
            _spread[t] = Math.Sqrt(m2);
            _skew[t] = m2 > 0 ? Math.Max(0, m3 / (m2 * _spread[t])) : 0;
        }
        _largest = [.. rearranged.Select(row => Enumerable.Range(0, tests).Max(t => Scale(t, row[t]))).OrderDescending()];
        _threshold = _largest[(int)Math.Floor(alpha * (_largest.Length + 1) + 1e-9) - 1 is var k and >= 0 ? k : 0];
        P = PValue(Enumerable.Range(0, tests).Max(t => Scale(t, observed[t])));
    }

    /// <summary>p of the largest.</summary>
    public double P { get; }

    /// <summary>A test's p, corrected for all of them.</summary>
    public double PValueOf(int test) => PValue(Scale(test, _observed[test]));

    /// <summary>What a test's statistic has to exceed.</summary>
    public double ThresholdOf(int test)
    {
        double g = _skew[test], z = _threshold;
        var x = g < 1e-6 ? z : 2 / g * (Math.Pow(1 + g * z / 6 - g * g / 36, 3) - 1);
        return _mean[test] + _spread[test] * x;
    }

    /// <summary>A statistic on the scale of a standard normal variable.</summary>
    double Scale(int test, double value)
    {
        if (_spread[test] <= 0) return double.NegativeInfinity;
        double g = _skew[test], x = (value - _mean[test]) / _spread[test];
        return g < 1e-6 ? x : 6 / g * (Math.Cbrt(g * x / 2 + 1) - 1) + g / 6;
    }

    double PValue(double scaled)
    {
        // Sums in another order differ in the last digits: equal ones must count as equal.
        var bound = scaled - 1e-4 * Math.Max(1, Math.Abs(scaled));
        int low = 0, high = _largest.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_largest[middle] >= bound) low = middle + 1;
            else high = middle;
        }
        return (low + 1.0) / (_largest.Length + 1);
    }
}

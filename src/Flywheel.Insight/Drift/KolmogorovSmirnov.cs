namespace Flywheel.Insight.Drift;

/// <summary>The two-sample Kolmogorov–Smirnov test.</summary>
public static class KolmogorovSmirnov
{
    /// <summary>Up to this product of the sample sizes p is exact.</summary>
    public const long LargestExact = 25_000_000;

    /// <summary>The largest difference of the two empirical distribution functions.</summary>
    /// <param name="first">Values, in any order; at least one.</param>
    /// <param name="second">Values, in any order; at least one.</param>
    public static double Statistic(double[] first, double[] second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        double[] a = [.. first.Order()], b = [.. second.Order()];
        double largest = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            var x = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] <= x) i++;
            while (j < b.Length && b[j] <= x) j++;
            largest = Math.Max(largest, Math.Abs(i / (double)a.Length - j / (double)b.Length));
        }
        return largest;
    }

    /// <summary>Two-sided p of a difference that large between independent samples: exact for moderate sizes, else the limiting law.</summary>
    /// <param name="statistic">What <see cref="Statistic"/> gave.</param>
    /// <param name="n">Size of one sample.</param>
    /// <param name="m">Size of the other.</param>
    public static double PValue(double statistic, int n, int m)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(m);
        return (long)n * m <= LargestExact ? Exact(statistic, n, m) : Limit(statistic * Math.Sqrt((double)n * m / ((double)n + m)));
    }

    // The chance that a random path from (0, 0) to (n, m) leaves the band |i/n - j/m| < d (Hodges, Arkiv för Matematik 1958): the last
    // step to (i, j) was in the first sample with chance i / (i + j).
    static double Exact(double statistic, int n, int m)
    {
        var divisor = Divisor(n, m);
        long stepN = n / divisor, stepM = m / divisor;
        var bound = (long)Math.Round(statistic * stepN * m);
        if (bound <= 0) return 1;
        var outside = new double[m + 1];
        for (var i = 0; i <= n; i++)
            for (var j = 0; j <= m; j++)
            {
                if (Math.Abs(i * stepM - j * stepN) >= bound) outside[j] = 1;
                else if (i == 0) outside[j] = j == 0 ? 0 : outside[j - 1];
                else if (j > 0) outside[j] = (i * outside[j] + j * outside[j - 1]) / (i + j);
            }
        return outside[m];
    }

    static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);

    /// <summary>Kolmogorov's limiting law: the chance of exceeding <paramref name="x"/>.</summary>
    internal static double Limit(double x)
    {
        if (x <= 0) return 1;
        double sum = 0;
        if (x < 1)
        {
            for (var k = 1; k <= 20; k++) sum += Math.Exp(-(2 * k - 1) * (2 * k - 1) * Math.PI * Math.PI / (8 * x * x));
            return 1 - Math.Sqrt(2 * Math.PI) / x * sum;
        }
        for (var k = 1; k <= 20; k++) sum += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2.0 * k * k * x * x);
        return sum;
    }
}

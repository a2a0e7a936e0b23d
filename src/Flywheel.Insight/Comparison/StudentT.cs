namespace Flywheel.Insight.Comparison;

/// <summary>Student's t distribution.</summary>
public static class StudentT
{
    /// <summary>The probability of a value above <paramref name="t"/>: half the regularised incomplete beta function I(ν/(ν+t²); ν/2, 1/2) for t ≥ 0 (Abramowitz and Stegun 26.7.1 and 26.5.27).</summary>
    /// <param name="t">The value.</param>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    public static double Upper(double t, double freedom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(freedom, 1);
        if (double.IsNaN(t)) return double.NaN;
        var half = 0.5 * Beta(freedom / (freedom + t * t), freedom / 2, 0.5);
        return t >= 0 ? half : 1 - half;
    }

    /// <summary>Regularised incomplete beta function.</summary>
    static double Beta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        var front = Math.Exp(McNemar.LogGamma(a + b) - McNemar.LogGamma(a) - McNemar.LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x));
        // The fraction converges fast below the mean; above it, the symmetry I_x(a,b) = 1 − I_{1−x}(b,a) leads there.
        return x < (a + 1) / (a + b + 2) ? front * Fraction(x, a, b) / a : 1 - front * Fraction(1 - x, b, a) / b;
    }

    /// <summary>The continued fraction of Abramowitz and Stegun 26.5.8, by the modified method of Lentz.</summary>
    static double Fraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        double c = 1, d = 1 - (a + b) * x / (a + 1);
        if (Math.Abs(d) < Tiny) d = Tiny;
        d = 1 / d;
        var value = d;
        for (var m = 1; m <= 500; m++)
        {
            foreach (var term in (double[])[m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))])
            {
                d = 1 + term * d;
                if (Math.Abs(d) < Tiny) d = Tiny;
                c = 1 + term / c;
                if (Math.Abs(c) < Tiny) c = Tiny;
                d = 1 / d;
                value *= d * c;
            }
            if (Math.Abs(d * c - 1) < 1e-15) break;
        }
        return value;
    }
}

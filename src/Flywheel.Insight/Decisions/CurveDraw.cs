namespace Flywheel.Insight.Decisions;

/// <summary>One learning curve out of the posterior: error(n) = E·(φ + (1 − φ)·(n/N)^−c), N the labels the model has.</summary>
/// <param name="Error">E, the error rate with N labels.</param>
/// <param name="Floor">φ, the share of it that no label of this kind takes away.</param>
/// <param name="Exponent">c.</param>
readonly record struct CurveDraw(double Error, double Floor, double Exponent)
{
    /// <summary>Error rate with <paramref name="size"/>·N labels.</summary>
    public double At(double size) => Error * (Floor + (1 - Floor) * Math.Pow(size, -Exponent));

    /// <summary>
    /// Error rate after <paramref name="more"/>·N further labels of today's world, where a model trained on N labels of yesterday's errs at
    /// rate <paramref name="now"/>: the old labels are worth as many of today's as would give that rate. At or below the floor nothing is to be gained.
    /// </summary>
    public double After(double now, double more)
    {
        if (!(more > 0)) return now;
        var left = (now / Error - Floor) / (1 - Floor);
        if (left <= 0) return now;
        var worth = Math.Pow(left, -1 / Exponent);
        return double.IsInfinity(worth) ? now : Math.Min(now, At(worth + more));
    }
}

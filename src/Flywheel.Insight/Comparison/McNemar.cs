namespace Flywheel.Insight.Comparison;

/// <summary>McNemar's test of paired answers (Psychometrika 1947), exact form.</summary>
public static class McNemar
{
    /// <summary>Two-sided exact p that gains and losses are equally likely; 1 without discordant pairs.</summary>
    public static double Exact(int gained, int lost)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gained);
        ArgumentOutOfRangeException.ThrowIfNegative(lost);
        var n = gained + lost;
        var least = Math.Min(gained, lost);
        if (n == 0 || gained == lost) return 1;
        // The lower tail, summed outwards from its largest term, each term a ratio of the one before.
        double tail = 0, term = 1;
        for (var i = least; i >= 0 && term > tail * 1e-18; i--)
        {
            tail += term;
            term *= i / (double)(n - i + 1);
        }
        var largest = LogGamma(n + 1) - LogGamma(least + 1) - LogGamma(n - least + 1) - n * Math.Log(2);
        return Math.Min(1, 2 * Math.Exp(largest + Math.Log(tail)));
    }

    /// <summary>ln Γ(x) for x ≥ 1: Stirling's series after shifting the argument above 10 (absolute error under 1e-13).</summary>
    internal static double LogGamma(double x)
    {
        double shift = 0;
        while (x < 10)
        {
            shift -= Math.Log(x);
            x++;
        }
        var r = 1 / (x * x);
        var series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188 - r * (691.0 / 360360)))))) / x;
        return shift + (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series;
    }
}

using Flywheel.Insight.Comparison;

namespace Flywheel.Insight.Slices;

/// <summary>Fisher's exact test of a 2×2 table, one-sided (Fisher, J. R. Stat. Soc. 1935).</summary>
public static class FisherExact
{
    /// <summary>The probability of at least <paramref name="hits"/> marked items among <paramref name="drawn"/> drawn without replacement.</summary>
    /// <param name="hits">Marked items drawn.</param>
    /// <param name="drawn">Items drawn.</param>
    /// <param name="marked">Marked items in all.</param>
    /// <param name="all">Items in all.</param>
    public static double Upper(int hits, int drawn, int marked, int all)
    {
        var least = Math.Max(0, drawn + marked - all);
        var most = Math.Min(drawn, marked);
        if (hits <= least) return 1;
        if (hits > most) return 0;
        // The larger of the two tails would lose digits: sum the terms from the hits upwards, each a ratio of the one before.
        double sum = 0, term = 1;
        for (var k = hits; k <= most && term > sum * 1e-17; k++)
        {
            sum += term;
            term *= (double)(marked - k) * (drawn - k) / ((k + 1.0) * (all - marked - drawn + k + 1.0));
        }
        return Math.Min(1, Math.Exp(LogChoose(marked, hits) + LogChoose(all - marked, drawn - hits) - LogChoose(all, drawn) + Math.Log(sum)));
    }

    static double LogChoose(int n, int k) => McNemar.LogGamma(n + 1.0) - McNemar.LogGamma(k + 1.0) - McNemar.LogGamma(n - k + 1.0);
}

namespace Flywheel.Insight.Metrics;

/// <summary>Bounds of a proportion from the binomial distribution itself (Clopper and Pearson, Biometrika 1934): never too bold, whatever the true share.</summary>
public static class ExactBounds
{
    /// <summary>
    /// The one-sided lower bound: the largest share under which seeing that many successes or more has a chance of at most 1 − confidence.
    /// NaN without trials.
    /// </summary>
    /// <param name="successes">Successes, 0..trials.</param>
    /// <param name="trials">Trials.</param>
    /// <param name="confidence">Between 0 and 1.</param>
    public static double Lower(int successes, int trials, double confidence = 0.95)
    {
        Check(successes, trials, confidence);
        if (trials == 0) return double.NaN;
        if (successes == 0) return 0;
        if (successes == trials) return Math.Pow(1 - confidence, 1.0 / trials);
        var choose = LogChoose(trials);
        double low = 0, high = successes / (double)trials;
        for (var step = 0; step < 80 && high - low > 1e-13; step++)
        {
            var p = (low + high) / 2;
            if (Tail(choose, successes, p) > 1 - confidence) high = p;
            else low = p;
        }
        return low;
    }

    /// <summary>The one-sided upper bound, likewise.</summary>
    /// <param name="successes">Successes, 0..trials.</param>
    /// <param name="trials">Trials.</param>
    /// <param name="confidence">Between 0 and 1.</param>
    public static double Upper(int successes, int trials, double confidence = 0.95)
    {
        Check(successes, trials, confidence);
        return 1 - Lower(trials - successes, trials, confidence);
    }

    /// <summary>The fewest trials whose lower bound reaches a share if none of them fails.</summary>
    /// <param name="share">Above 0 and below 1.</param>
    /// <param name="confidence">Between 0 and 1.</param>
    public static int FewestTrials(double share, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(share, 1);
        var n = (int)Math.Ceiling(Math.Log(1 - confidence) / Math.Log(share) - 1e-9);
        return Math.Max(n, 1);
    }

    static void Check(int successes, int trials, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (!(confidence is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Between 0 and 1.");
    }

    /// <summary>ln C(n, i) for i = 0..n.</summary>
    static double[] LogChoose(int n)
    {
        var log = new double[n + 1];
        for (var i = 1; i <= n; i++) log[i] = log[i - 1] + Math.Log(n - i + 1) - Math.Log(i);
        return log;
    }

    /// <summary>P(X ≥ k).</summary>
    static double Tail(double[] choose, int k, double p)
    {
        var n = choose.Length - 1;
        double a = Math.Log(p), b = Math.Log(1 - p), sum = 0;
        for (var i = n; i >= k; i--) sum += Math.Exp(choose[i] + i * a + (n - i) * b);
        return sum;
    }
}

using Flywheel.Insight.Comparison;

namespace Flywheel.Insight.Metrics;

/// <summary>The exact bounds of a proportion (Clopper and Pearson, Biometrika 1934): what a count of right answers proves, whatever its sample size.</summary>
public static class ClopperPearson
{
    /// <summary>More answers than this are as good as none that would do.</summary>
    const int MostTrials = 1 << 17;

    /// <summary>The one-sided lower bound: the proportion at which that many right answers or more would have a chance of 1 − <paramref name="confidence"/>.</summary>
    /// <param name="right">Right answers, 0..<paramref name="trials"/>.</param>
    /// <param name="trials">Answers; without any the bound is 0.</param>
    /// <param name="confidence">In 0..1.</param>
    public static double Lower(int right, int trials, double confidence)
    {
        Check(right, trials, confidence);
        if (right == 0) return 0;
        if (right == trials) return Math.Pow(1 - confidence, 1.0 / trials);
        return Solve(p => Tail(right, trials, p) < 1 - confidence);
    }

    /// <summary>The one-sided upper bound: the proportion at which that many right answers or fewer would have a chance of 1 − <paramref name="confidence"/>.</summary>
    /// <inheritdoc cref="Lower"/>
    public static double Upper(int right, int trials, double confidence) => 1 - Lower(trials - right, trials, confidence);

    /// <summary>Whether the lower bound reaches a precision: whether so many right answers would have a chance of at most 1 − confidence if it were just that.</summary>
    public static bool Proves(int right, int trials, double precision, double confidence)
    {
        Check(right, trials, confidence);
        return right > 0 && Tail(right, trials, precision) <= 1 - confidence;
    }

    /// <summary>The most wrong answers among <paramref name="trials"/> whose lower bound still reaches <paramref name="precision"/>; −1 if not even none does.</summary>
    public static int ErrorsAllowed(int trials, double precision, double confidence)
    {
        Check(0, trials, confidence);
        if (trials == 0 || !Proves(trials, trials, precision, confidence)) return -1;
        int low = 0, high = trials;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (Proves(trials - middle, trials, precision, confidence)) low = middle;
            else high = middle;
        }
        return low;
    }

    /// <summary>The fewest answers that prove a precision when a share of them is wrong; null if no number does.</summary>
    /// <param name="precision">In 0..1, exclusive.</param>
    /// <param name="confidence">In 0..1, exclusive.</param>
    /// <param name="errorRate">Share of wrong answers, 0 for none at all.</param>
    public static int? TrialsNeeded(double precision, double confidence, double errorRate = 0)
    {
        if (1 - errorRate <= precision) return null;
        bool Enough(int n) => Proves(n - (int)Math.Ceiling(errorRate * n - 1e-9), n, precision, confidence);
        var high = 1;
        while (!Enough(high))
        {
            if (high >= MostTrials) return null;
            high *= 2;
        }
        var low = high / 2;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (Enough(middle)) high = middle;
            else low = middle;
        }
        return high;
    }

    static void Check(int right, int trials, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right, trials);
        if (!(confidence is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence is between 0 and 1.");
    }

    static double Solve(Func<double, bool> below)
    {
        double low = 0, high = 1;
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (below(middle)) low = middle;
            else high = middle;
        }
        return low;
    }

    /// <summary>The chance of <paramref name="from"/> right answers or more, each right with <paramref name="p"/>: summed away from the mean, where terms only shrink.</summary>
    static double Tail(int from, int n, double p)
    {
        if (p <= 0) return 0;
        if (p >= 1) return 1;
        return from > n * p ? Sum(from, n, p) : 1 - Sum(n - from + 1, n, 1 - p);

        // Terms at and above k, k beyond the mean.
        static double Sum(int k, int n, double p)
        {
            if (k > n) return 0;
            var term = Math.Exp(McNemar.LogGamma(n + 1.0) - McNemar.LogGamma(k + 1.0) - McNemar.LogGamma(n - k + 1.0) + k * Math.Log(p) + (n - k) * Math.Log(1 - p));
            double sum = 0;
            for (; k <= n && term > sum * 1e-17; k++)
            {
                sum += term;
                term *= (double)(n - k) / (k + 1) * (p / (1 - p));
            }
            return Math.Min(1, sum);
        }
    }
}

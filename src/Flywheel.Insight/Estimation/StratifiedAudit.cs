using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.Estimation;

/// <summary>Accuracy from a stratified random sample: how to draw it, and what it says.</summary>
public static class StratifiedAudit
{
    /// <summary>
    /// A prediction is never taken to vary less than one that is right 24 times in 25: where a model is surest it may also be
    /// overconfident, and a stratum given too few labels would not show it.
    /// </summary>
    public const double LeastDeviation = 0.2;

    /// <summary>
    /// The share of right answers in all strata together, and its score interval: every accuracy that the sample does not reject. The
    /// variance is that of the strata's accuracies which are likeliest if the accuracy in question holds (Wilson's idea for a weighted sum
    /// of proportions; constrained maximum likelihood as in Miettinen and Nurminen, Statistics in Medicine 1985), with finite-population
    /// correction. With one stratum it is Wilson's interval. Strata with no errors count no error-free future.
    /// </summary>
    /// <param name="strata">Strata; one without a sample is an error of the caller.</param>
    /// <param name="z">The normal quantile of the confidence, 1.96 for 95 %.</param>
    /// <exception cref="ArgumentException">A stratum without sample, or more right than drawn, or more drawn than there are.</exception>
    public static (double Value, double Low, double High) Estimate(IReadOnlyList<AuditStratum> strata, double z = Intervals.Z95)
    {
        ArgumentNullException.ThrowIfNull(strata);
        if (strata.Count == 0 || strata.Any(s => s.Sample < 1 || s.Right < 0 || s.Right > s.Sample || s.Population < s.Sample - 1e-6))
            throw new ArgumentException("Every stratum needs a sample, no larger than itself and with no more right answers than images.", nameof(strata));
        var all = strata.Sum(s => s.Population);
        var value = strata.Sum(s => s.Population / all * s.Right / s.Sample);
        if (strata.All(s => s.Population <= s.Sample)) return (value, value, value);
        return (value, Bound(0), Bound(1));

        double Bound(double end)
        {
            if (!Rejects(end)) return end;
            var (accepted, rejected) = (value, end);
            for (var i = 0; i < 60; i++)
            {
                var middle = (accepted + rejected) / 2;
                if (Rejects(middle)) rejected = middle;
                else accepted = middle;
            }
            return accepted;
        }

        bool Rejects(double accuracy)
        {
            var variance = Variance(strata, all, accuracy);
            return (value - accuracy) * (value - accuracy) > z * z * variance;
        }
    }

    static double Variance(IReadOnlyList<AuditStratum> strata, double all, double accuracy)
    {
        // The strata's accuracies p(λ) fall with the multiplier λ; the one whose weighted sum is the accuracy is found by halving.
        double low = -1e9, high = 1e9;
        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            double sum = 0;
            foreach (var s in strata) sum += s.Population / all * Likeliest(s, middle * s.Population / all);
            if (sum > accuracy) low = middle;
            else high = middle;
        }
        double variance = 0;
        foreach (var s in strata)
        {
            var weight = s.Population / all;
            var p = Likeliest(s, (low + high) / 2 * weight);
            var left = s.Population > 1 ? Math.Max(0, (s.Population - s.Sample) / (s.Population - 1)) : 0;
            variance += weight * weight * p * (1 - p) / s.Sample * left;
        }
        return variance;
    }

    /// <summary>The p that solves x/p − (n−x)/(1−p) = a: the binomial's likelihood with a pull.</summary>
    static double Likeliest(AuditStratum s, double a)
    {
        double n = s.Sample, x = s.Right;
        if (s.Right == 0) return a < -n ? 1 + n / a : 0;
        if (s.Right == s.Sample) return a > n ? n / a : 1;
        return Math.Clamp(2 * x / (n + a + Math.Sqrt((n + a) * (n + a) - 4 * a * x)), 0, 1);
    }

    /// <summary>
    /// Upper ends of confidence strata that share the expected variation evenly (Dalenius and Hodges, JASA 1959), so that equal samples are
    /// close to Neyman's allocation. The last end is 1.
    /// </summary>
    /// <param name="confidence">Confidence of every image, 0..1.</param>
    /// <param name="strata">How many to make; equal confidences are never parted, so there may be fewer.</param>
    public static double[] Cuts(IReadOnlyList<double> confidence, int strata)
    {
        ArgumentNullException.ThrowIfNull(confidence);
        ArgumentOutOfRangeException.ThrowIfLessThan(strata, 1);
        var sorted = confidence.Order().ToArray();
        var total = sorted.Sum(Deviation);
        var cuts = new List<double>();
        double sum = 0;
        for (var i = 0; i < sorted.Length - 1; i++)
        {
            sum += Deviation(sorted[i]);
            if (sum >= total * (cuts.Count + 1) / strata && sorted[i] < sorted[i + 1] && cuts.Count < strata - 1) cuts.Add((sorted[i] + sorted[i + 1]) / 2);
        }
        return [.. cuts, 1];
    }

    /// <summary>The stratum of a confidence.</summary>
    public static int StratumOf(double confidence, IReadOnlyList<double> cuts)
    {
        ArgumentNullException.ThrowIfNull(cuts);
        var at = 0;
        while (at < cuts.Count - 1 && confidence > cuts[at]) at++;
        return at;
    }

    /// <summary>How many strata a sample of this size can bear: each should have about fifteen labels.</summary>
    public static int StrataFor(int sample) => Math.Clamp(sample / 15, 1, 4);

    /// <summary>
    /// Neyman's allocation: in proportion to the stratum's size times its expected deviation, at least two each, never more than there are.
    /// </summary>
    /// <param name="populations">Images by stratum.</param>
    /// <param name="accuracies">Expected accuracy by stratum.</param>
    /// <param name="sample">Labels in all.</param>
    /// <returns>Labels by stratum; their sum is the sample, or the population if that is less.</returns>
    public static int[] Allocate(IReadOnlyList<int> populations, IReadOnlyList<double> accuracies, int sample)
    {
        ArgumentNullException.ThrowIfNull(populations);
        ArgumentNullException.ThrowIfNull(accuracies);
        var want = populations.Select((n, h) => n * Deviation(accuracies[h])).ToArray();
        var given = populations.Select(n => Math.Min(n, 2)).ToArray();
        var left = Math.Min(sample, populations.Sum()) - given.Sum();
        // One label at a time to the stratum that lies farthest below its share: exact, and no rounding to mend.
        for (; left > 0; left--)
        {
            var best = -1;
            for (var h = 0; h < given.Length; h++)
                if (given[h] < populations[h] && (best < 0 || want[h] / (given[h] + 0.5) > want[best] / (given[best] + 0.5))) best = h;
            given[best]++;
        }
        return given;
    }

    /// <summary>The smallest sample whose interval is expected to be no wider than ± the half-width.</summary>
    /// <param name="populations">Images by stratum.</param>
    /// <param name="accuracies">Expected accuracy by stratum.</param>
    /// <param name="halfWidth">Half-width of the interval, as 0.02.</param>
    /// <param name="z">The normal quantile of the confidence.</param>
    /// <returns>Labels in all, and by stratum.</returns>
    public static (int Sample, int[] Allocation) SmallestSample(IReadOnlyList<int> populations, IReadOnlyList<double> accuracies, double halfWidth, double z = Intervals.Z95)
    {
        ArgumentNullException.ThrowIfNull(populations);
        ArgumentNullException.ThrowIfNull(accuracies);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(halfWidth);
        double all = populations.Sum();
        int low = Math.Min((int)all, 2 * populations.Count), high = (int)all;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (HalfWidth(middle) <= halfWidth) high = middle;
            else low = middle + 1;
        }
        return (low, Allocate(populations, accuracies, low));

        double HalfWidth(int sample)
        {
            var given = Allocate(populations, accuracies, sample);
            double variance = 0;
            for (var h = 0; h < given.Length; h++)
            {
                if (given[h] == 0 || populations[h] < 2) continue;
                // Half an error is added, as a sample without one does not prove there is none.
                var p = Math.Min(accuracies[h], 1 - 0.5 / given[h]);
                var weight = populations[h] / all;
                variance += weight * weight * p * (1 - p) / given[h] * (populations[h] - given[h]) / (populations[h] - 1);
            }
            return z * Math.Sqrt(variance);
        }
    }

    static double Deviation(double accuracy) => Math.Max(LeastDeviation, Math.Sqrt(accuracy * (1 - accuracy)));
}

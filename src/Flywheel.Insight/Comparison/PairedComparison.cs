using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.Comparison;

/// <summary>Paired comparison of two classifiers' answers.</summary>
public static class PairedComparison
{
    /// <summary>Compares.</summary>
    /// <param name="first">Whether the first is right, by image.</param>
    /// <param name="second">Whether the second is right, by image.</param>
    /// <param name="groups">Group of each image; null if images are independent.</param>
    /// <param name="options">Resamples and seed.</param>
    /// <param name="token">Obeyed between resamples.</param>
    public static PairedResult Compare(bool[] first, bool[] second, int[]? groups = null, MetricOptions? options = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Length != second.Length) throw new ArgumentException($"{first.Length} and {second.Length} answers cannot be paired.", nameof(second));
        if (groups is not null && groups.Length != first.Length) throw new ArgumentException($"{groups.Length} groups for {first.Length} images.", nameof(groups));
        options ??= new MetricOptions();
        options.Validate();

        int gained = 0, lost = 0;
        for (var i = 0; i < first.Length; i++)
        {
            if (second[i] && !first[i]) gained++;
            if (first[i] && !second[i]) lost++;
        }
        // A unit's right answers and size are all a resample needs. Units in ascending order of their number, as in the figures of one
        // model, so that an accuracy has the same interval here and there.
        var order = groups is null ? null : groups.Distinct().Order().Select((g, at) => (g, at)).ToDictionary(x => x.g, x => x.at);
        var units = order?.Count ?? first.Length;
        int[] right1 = new int[units], right2 = new int[units], size = new int[units];
        for (var i = 0; i < first.Length; i++)
        {
            var u = order is null ? i : order[groups![i]];
            if (first[i]) right1[u]++;
            if (second[i]) right2[u]++;
            size[u]++;
        }
        double[] accuracy1 = new double[options.Resamples], accuracy2 = new double[options.Resamples], difference = new double[options.Resamples];
        if (units > 1)
            Parallel.For(0, options.Resamples, new ParallelOptions { CancellationToken = token }, r =>
            {
                token.ThrowIfCancellationRequested();
                var random = new SeededRandom(options.Seed, r);
                long sum1 = 0, sum2 = 0, count = 0;
                for (var u = 0; u < units; u++)
                {
                    var drawn = random.Next(units);
                    sum1 += right1[drawn];
                    sum2 += right2[drawn];
                    count += size[drawn];
                }
                accuracy1[r] = sum1 / (double)count;
                accuracy2[r] = sum2 / (double)count;
                difference[r] = (sum2 - sum1) / (double)count;
            });

        var n = first.Length;
        Metric Accuracy(int[] right, double[] resamples)
        {
            long hits = right.Sum(x => (long)x);
            var value = n == 0 ? double.NaN : hits / (double)n;
            var (low, high, method) = Intervals.Proportion(hits, n, groups is null ? null : units, resamples);
            return new Metric("accuracy", value, low, high, n, method);
        }
        var estimate = n == 0 ? double.NaN : (gained - lost) / (double)n;
        var (low, high) = units > 1 ? Intervals.Percentile(difference, estimate) : (double.NaN, double.NaN);
        var p = McNemar.Exact(gained, lost);
        var believed = groups is not null || p <= 0.05;
        var verdict = low > 0 && believed ? ComparisonVerdict.Better : high < 0 && believed ? ComparisonVerdict.Worse : ComparisonVerdict.CannotTell;
        return new PairedResult(Accuracy(right1, accuracy1), Accuracy(right2, accuracy2),
            new Metric("accuracy difference", estimate, low, high, n, groups is null ? "Bootstrap" : "GroupBootstrap"), gained, lost, order?.Count, p, verdict);
    }
}

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
        // A unit's gain and size are all a resample needs.
        var order = groups is null ? null : groups.Distinct().Order().Select((g, at) => (g, at)).ToDictionary(x => x.g, x => x.at);
        var units = order?.Count ?? first.Length;
        int[] gain = new int[units], size = new int[units];
        for (var i = 0; i < first.Length; i++)
        {
            var u = order is null ? i : order[groups![i]];
            gain[u] += (second[i] ? 1 : 0) - (first[i] ? 1 : 0);
            size[u]++;
        }
        var estimate = first.Length == 0 ? double.NaN : (gained - lost) / (double)first.Length;
        var resamples = new double[options.Resamples];
        if (units > 1)
            Parallel.For(0, resamples.Length, new ParallelOptions { CancellationToken = token }, r =>
            {
                var random = new SeededRandom(options.Seed, r);
                long sum = 0, count = 0;
                for (var u = 0; u < units; u++)
                {
                    var drawn = random.Next(units);
                    sum += gain[drawn];
                    count += size[drawn];
                }
                resamples[r] = sum / (double)count;
            });
        var (low, high) = units > 1 ? Intervals.Percentile(resamples, estimate) : (double.NaN, double.NaN);
        var p = McNemar.Exact(gained, lost);
        var believed = groups is not null || p <= 0.05;
        var verdict = low > 0 && believed ? ComparisonVerdict.Better : high < 0 && believed ? ComparisonVerdict.Worse : ComparisonVerdict.CannotTell;
        return new PairedResult(estimate, low, high, gained, lost, order?.Count, p, verdict);
    }
}

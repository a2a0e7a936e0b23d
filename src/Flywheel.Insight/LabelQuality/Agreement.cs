using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.LabelQuality;

/// <summary>Agreement of annotators beyond chance, on nominal labels. 1 is complete, 0 what chance gives; below, they contradict each other.</summary>
public static class Agreement
{
    /// <summary>All figures of some votes.</summary>
    /// <param name="votes">At most one vote of an annotator on an item.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="options">Resamples and seed of the interval.</param>
    /// <param name="token">Looked at between resamples.</param>
    public static AgreementFigures Measure(IReadOnlyList<Vote> votes, int classes, MetricOptions? options = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(votes);
        options ??= new();
        options.Validate();
        var units = Units(votes, classes);
        var alpha = AlphaOf(units, null);
        var resamples = new double[options.Resamples];
        if (units.Count > 1)
        {
            Parallel.For(0, resamples.Length, new ParallelOptions { CancellationToken = token }, () => new int[units.Count], (r, _, weights) =>
            {
                token.ThrowIfCancellationRequested();
                var random = new SeededRandom(options.Seed, r);
                Array.Clear(weights);
                for (var u = 0; u < weights.Length; u++) weights[random.Next(weights.Length)]++;
                resamples[r] = AlphaOf(units, weights);
                return weights;
            }, _ => { });
        }
        var (low, high) = units.Count > 1 ? Intervals.Percentile(resamples, alpha) : (double.NaN, double.NaN);
        return new AgreementFigures(new Metric("Krippendorff's alpha", alpha, low, high, units.Count, "Bootstrap"), FleissOf(units), Pairs(votes, classes));
    }

    /// <summary>Krippendorff's alpha for nominal data with gaps (Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, section C). NaN without items of two votes, or if all votes are equal.</summary>
    public static double KrippendorffAlpha(IReadOnlyList<Vote> votes, int classes) => AlphaOf(Units(votes, classes), null);

    /// <summary>
    /// Fleiss's kappa (Psychological Bulletin 1971) over the items with two votes or more; with different numbers of votes, an item's
    /// agreement is the share of its own pairs that agree. NaN where it is undefined.
    /// </summary>
    public static double FleissKappa(IReadOnlyList<Vote> votes, int classes) => FleissOf(Units(votes, classes));

    /// <summary>Cohen's kappa (Educational and Psychological Measurement 1960) of two annotators' labels of the same items. NaN without items; also if both give one label only, and the same: nothing is known of how they tell labels apart.</summary>
    public static double CohenKappa(IReadOnlyList<int> a, IReadOnlyList<int> b, int classes)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Count != b.Count) throw new ArgumentException($"{a.Count} labels of the one and {b.Count} of the other are not of the same items.", nameof(b));
        double n = a.Count, agree = 0, chance = 0;
        var (ofA, ofB) = (new int[classes], new int[classes]);
        for (var i = 0; i < a.Count; i++)
        {
            ofA[a[i]]++;
            ofB[b[i]]++;
            if (a[i] == b[i]) agree++;
        }
        for (var c = 0; c < classes; c++) chance += ofA[c] / n * (ofB[c] / n);
        return chance < 1 ? (agree / n - chance) / (1 - chance) : double.NaN;
    }

    /// <summary>Votes by class of every item with two votes or more, in the order of the items.</summary>
    static List<int[]> Units(IReadOnlyList<Vote> votes, int classes)
    {
        ArgumentNullException.ThrowIfNull(votes);
        var units = new SortedDictionary<int, int[]>();
        foreach (var vote in votes)
        {
            if (!units.TryGetValue(vote.Item, out var counts)) units[vote.Item] = counts = new int[classes];
            counts[vote.Class]++;
        }
        return [.. units.Values.Where(u => u.Sum() > 1)];
    }

    static double AlphaOf(List<int[]> units, int[]? weights)
    {
        if (units.Count == 0) return double.NaN;
        var totals = new double[units[0].Length];
        double n = 0, equal = 0;
        for (var u = 0; u < units.Count; u++)
        {
            var weight = weights is null ? 1 : weights[u];
            if (weight == 0) continue;
            double size = 0, pairs = 0;
            for (var c = 0; c < totals.Length; c++)
            {
                double count = units[u][c];
                if (count == 0) continue;
                size += count;
                pairs += count * (count - 1);
                totals[c] += weight * count;
            }
            n += weight * size;
            equal += weight * pairs / (size - 1);
        }
        double squares = 0;
        foreach (var total in totals) squares += total * total;
        var chance = n * n - squares;
        return chance > 0 ? 1 - (n - 1) * (n - equal) / chance : double.NaN;
    }

    static double FleissOf(List<int[]> units)
    {
        if (units.Count == 0) return double.NaN;
        var totals = new double[units[0].Length];
        double agree = 0, n = 0, chance = 0;
        foreach (var unit in units)
        {
            double size = 0, pairs = 0;
            for (var c = 0; c < totals.Length; c++)
            {
                size += unit[c];
                pairs += unit[c] * (unit[c] - 1.0);
                totals[c] += unit[c];
            }
            n += size;
            agree += pairs / (size * (size - 1));
        }
        foreach (var total in totals) chance += total / n * (total / n);
        return chance < 1 ? (agree / units.Count - chance) / (1 - chance) : double.NaN;
    }

    static List<PairAgreement> Pairs(IReadOnlyList<Vote> votes, int classes)
    {
        var byAnnotator = votes.GroupBy(v => v.Annotator).OrderBy(g => g.Key).Select(g => (g.Key, Of: g.ToDictionary(v => v.Item, v => v.Class))).ToList();
        var pairs = new List<PairAgreement>();
        for (var i = 0; i < byAnnotator.Count; i++)
        {
            for (var j = i + 1; j < byAnnotator.Count; j++)
            {
                var both = byAnnotator[i].Of.Keys.Where(byAnnotator[j].Of.ContainsKey).ToList();
                if (both.Count == 0) continue;
                pairs.Add(new PairAgreement(byAnnotator[i].Key, byAnnotator[j].Key, both.Count, CohenKappa([.. both.Select(k => byAnnotator[i].Of[k])], [.. both.Select(k => byAnnotator[j].Of[k])], classes)));
            }
        }
        return pairs;
    }
}

using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.Slices;

/// <summary>Judges slices on images the search has not seen.</summary>
sealed class SliceTest
{
    const int Draws = 9999;

    readonly double[] _errors;
    readonly bool _known;
    readonly DesignEffect _effect;
    readonly bool _grouped;
    readonly long _seed;

    public SliceTest(double[] errors, int[]? groups, int[] rows, long seed)
    {
        _errors = errors;
        _known = errors.All(e => e is 0 or 1);
        _effect = new DesignEffect(errors, groups, rows);
        _grouped = groups is not null;
        _seed = seed;
    }

    /// <summary>How p is made, in words.</summary>
    public string Method => (_known ? "Fisher's exact test, one-sided" : "permutation of expected errors, 9,999 draws, one-sided")
        + (_grouped ? ", counts divided by the design effect of groups" : "");

    /// <summary>The p of the images inside failing no more often than those outside.</summary>
    public double P(IReadOnlyList<int> inside, IReadOnlyList<int> outside)
    {
        if (inside.Count == 0 || outside.Count == 0) return 1;
        double within = _effect.Of(inside), without = _effect.Of(outside);
        if (_known)
        {
            // Rounded against the slice: fewer errors in it, more outside.
            int support = Math.Max(1, (int)Math.Round(inside.Count / within)), rest = Math.Max(1, (int)Math.Round(outside.Count / without));
            var hits = Math.Min(support, (int)Math.Floor(Sum(inside) / within + 1e-9));
            var others = Math.Min(rest, (int)Math.Ceiling(Sum(outside) / without - 1e-9));
            return FisherExact.Upper(hits, support, hits + others, support + rest);
        }
        // Sums of as many images drawn at random from all; the slice's own excess is first shrunk by its design effect.
        double[] pool = [.. inside.Concat(outside).Select(i => _errors[i])];
        var expected = pool.Average() * inside.Count;
        var excess = (Sum(inside) - expected) / Math.Sqrt(within);
        if (excess <= 0) return 1;
        var random = new SeededRandom(_seed, 77);
        var draws = Math.Min(inside.Count, outside.Count);
        var sign = draws == inside.Count ? 1 : -1; // the smaller side is drawn; the other's excess is its negative
        var mean = pool.Average() * draws;
        var beyond = 1;
        for (var d = 0; d < Draws; d++)
        {
            double sum = 0;
            for (var i = 0; i < draws; i++)
            {
                var j = random.Next(i, pool.Length);
                (pool[i], pool[j]) = (pool[j], pool[i]);
                sum += pool[i];
            }
            if (sign * (sum - mean) >= excess - 1e-12) beyond++;
        }
        return beyond / (Draws + 1.0);
    }

    /// <summary>
    /// The p of the images inside failing no more often than others the model doubts as much: Fisher's test within strata of doubt, by 9,999
    /// draws. Errors that the model's confidence tells already are no news.
    /// </summary>
    public double PAtEqualDoubt(IReadOnlyList<int> inside, IReadOnlyList<int> outside, double[] doubt)
    {
        var within = inside.ToHashSet();
        int[] ranked = [.. inside.Concat(outside).OrderByDescending(i => doubt[i]).ThenBy(i => i)];
        // The most doubtful sixty-fourth, as many again, then twice as many each time: errors crowd at the top.
        var strata = new List<(int N, int Marked, int Drawn)>();
        double expected = 0, observed = 0;
        for (int start = 0, size = Math.Max(8, ranked.Length / 64); start < ranked.Length; start += size, size = start > ranked.Length / 64 + 8 ? size * 2 : size)
        {
            var part = ranked.AsSpan(start, Math.Min(size, ranked.Length - start));
            int marked = 0, drawn = 0, hits = 0;
            foreach (var i in part)
            {
                if (_errors[i] > 0) marked++;
                if (!within.Contains(i)) continue;
                drawn++;
                if (_errors[i] > 0) hits++;
            }
            strata.Add((part.Length, marked, drawn));
            expected += (double)marked * drawn / part.Length;
            observed += hits;
        }
        var excess = (observed - expected) / Math.Sqrt(_effect.Of(inside));
        if (excess <= 0) return 1;
        var random = new SeededRandom(_seed, 78);
        var beyond = 1;
        for (var d = 0; d < Draws; d++)
        {
            double sum = 0;
            foreach (var (n, marked, drawn) in strata)
            {
                var left = drawn;
                for (var m = 0; m < marked && left > 0; m++)
                {
                    if (random.Next(n - m) >= left) continue;
                    left--;
                    sum++;
                }
            }
            if (sum - expected >= excess - 1e-9) beyond++;
        }
        return beyond / (Draws + 1.0);
    }

    /// <summary>Error rate with Wilson's interval on counts divided by the design effect.</summary>
    public Metric Rate(IReadOnlyList<int> rows)
    {
        var effect = _effect.Of(rows);
        var (low, high) = Intervals.Wilson(Sum(rows) / effect, rows.Count / effect);
        return new Metric(_known ? "error rate" : "expected error rate", rows.Count == 0 ? double.NaN : Sum(rows) / rows.Count, low, high, rows.Count, "Wilson");
    }

    public double Sum(IEnumerable<int> rows) => rows.Sum(i => _errors[i]);
}

namespace Flywheel.Insight.DataQuality;

/// <summary>
/// Whether things that are alike stand near each other in a list, as frames of a video do: then the list is no random sample, and its
/// beginning and its end differ. A permutation test, exact up to its number of permutations.
/// </summary>
/// <param name="Statistic">Mean distance in the list between a thing and those alike, as a share of what random order gives: 1 for random order, less for runs.</param>
/// <param name="P">Share of random orders at least as clumped, (1 + hits) / (1 + permutations) (Phipson and Smyth, 2010); one-sided.</param>
/// <param name="N">Things.</param>
public readonly record struct OrderTest(double Statistic, double P, int N)
{
    /// <summary>Tests neighbours by appearance; the idea is that of cleanlab's non-iid check (Cummings, Snorrason and Mueller, 2023), the statistic simpler.</summary>
    /// <param name="neighbours">n × k rows, −1 for none.</param>
    /// <param name="k">Neighbours of a row.</param>
    /// <param name="place">Where each row stands in the list, by its unit: 0..units−1. Rows of one unit share a place.</param>
    /// <param name="units">Number of units, at least 2.</param>
    /// <param name="permutations">How many random orders.</param>
    /// <param name="seed">Draws them.</param>
    /// <param name="token">Obeyed.</param>
    public static OrderTest OfNeighbours(int[] neighbours, int k, int[] place, int units, int permutations, long seed, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(neighbours);
        ArgumentNullException.ThrowIfNull(place);
        // How often each pair of units meets is all that matters; permuting places then costs one pass over the pairs.
        var pairs = new Dictionary<(int, int), int>();
        for (var i = 0; i < place.Length; i++)
            for (var j = 0; j < k; j++)
            {
                if (neighbours[i * k + j] is not (>= 0 and var other) || place[other] == place[i]) continue;
                var key = (Math.Min(place[i], place[other]), Math.Max(place[i], place[other]));
                pairs[key] = pairs.GetValueOrDefault(key) + 1;
            }
        return Test([.. pairs.OrderBy(p => p.Key).Select(p => (p.Key.Item1, p.Key.Item2, p.Value))], units, place.Length, permutations, seed, token);
    }

    /// <summary>Tests labels: each row against the next row of the same label in the list.</summary>
    /// <param name="labels">Label by row in the order of the list, −1 for none.</param>
    /// <param name="permutations">How many random orders.</param>
    /// <param name="seed">Draws them.</param>
    /// <param name="token">Obeyed.</param>
    public static OrderTest OfLabels(int[] labels, int permutations, long seed, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        int[] known = [.. labels.Where(l => l >= 0)];
        var observed = Same(known);
        var expected = 0.0;
        foreach (var (_, count) in known.CountBy(l => l)) expected += (double)count * (count - 1) / Math.Max(1, known.Length);
        var random = new SeededRandom(seed, 31);
        var hits = 0;
        for (var p = 0; p < permutations; p++)
        {
            token.ThrowIfCancellationRequested();
            random.Shuffle<int>(known);
            if (Same(known) >= observed) hits++;
        }
        // Told as the share of changes of label that random order would have.
        var changes = known.Length - 1 - observed;
        var usual = known.Length - 1 - expected;
        return new OrderTest(usual > 0 ? changes / usual : 1, (1.0 + hits) / (1 + permutations), known.Length);

        static double Same(int[] row)
        {
            var same = 0;
            for (var i = 1; i < row.Length; i++)
                if (row[i] == row[i - 1]) same++;
            return same;
        }
    }

    static OrderTest Test((int A, int B, int Count)[] pairs, int units, int n, int permutations, long seed, CancellationToken token)
    {
        long meetings = pairs.Sum(p => (long)p.Count);
        if (units < 3 || meetings == 0) return new OrderTest(1, 1, n);
        int[] place = [.. Enumerable.Range(0, units)];
        double Sum(int[] at)
        {
            long sum = 0;
            foreach (var (a, b, count) in pairs) sum += (long)count * Math.Abs(at[a] - at[b]);
            return sum;
        }
        var observed = Sum(place);
        var random = new SeededRandom(seed, 32);
        var hits = 0;
        for (var p = 0; p < permutations; p++)
        {
            token.ThrowIfCancellationRequested();
            random.Shuffle<int>(place);
            if (Sum(place) <= observed) hits++;
        }
        // Two different places of u are (u + 1) / 3 apart on average.
        return new OrderTest(observed / (meetings * (units + 1) / 3.0), (1.0 + hits) / (1 + permutations), n);
    }
}

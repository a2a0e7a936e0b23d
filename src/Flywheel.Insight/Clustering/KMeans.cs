namespace Flywheel.Insight.Clustering;

/// <summary>k-means: k-means++ seeding (Arthur and Vassilvitskii, SODA 2007), then Lloyd's iterations.</summary>
public static class KMeans
{
    /// <summary>Partitions rows into at most <paramref name="clusters"/> non-empty clusters.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="clusters">k; rows fewer than k give one cluster each.</param>
    /// <param name="random">The stream the seeding draws from.</param>
    /// <param name="iterations">At most this many Lloyd iterations; it stops earlier when no row moves.</param>
    /// <param name="token">Obeyed between rows.</param>
    public static KMeansResult Fit(EmbeddingMatrix rows, int clusters, SeededRandom random, int iterations = 50, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        var (n, d) = (rows.Count, rows.Dimensions);
        clusters = Math.Min(clusters, n);
        if (n == 0) return new KMeansResult([], new EmbeddingMatrix([], 0, d), 0);
        var centres = new float[clusters * d];
        var seeds = PlusPlus(n, clusters, random, (i, j) => VectorMath.SquaredDistance(rows[i], rows[j]), random.Next(n), token);
        for (var c = 0; c < clusters; c++) rows[seeds[c]].CopyTo(centres.AsSpan(c * d));

        var assignment = new int[n];
        Array.Fill(assignment, -1);
        var distance = new float[n];
        double[] sums = new double[clusters * d];
        var counts = new int[clusters];
        for (var round = 0; ; round++)
        {
            var moved = 0;
            Parallel.For(0, (n + 255) / 256, new ParallelOptions { CancellationToken = token }, block =>
            {
                var movedHere = 0;
                for (var i = block * 256; i < Math.Min(n, block * 256 + 256); i++)
                {
                    var best = 0;
                    var least = float.PositiveInfinity;
                    for (var c = 0; c < clusters; c++)
                    {
                        var to = VectorMath.SquaredDistance(rows[i], centres.AsSpan(c * d, d));
                        if (to < least) (best, least) = (c, to);
                    }
                    distance[i] = least;
                    if (assignment[i] == best) continue;
                    assignment[i] = best;
                    movedHere++;
                }
                Interlocked.Add(ref moved, movedHere);
            });
            if (moved == 0 || round == iterations) break;
            Array.Clear(sums);
            Array.Clear(counts);
            for (var i = 0; i < n; i++)
            {
                var row = rows[i];
                var at = assignment[i] * d;
                counts[assignment[i]]++;
                for (var x = 0; x < d; x++) sums[at + x] += row[x];
            }
            for (var c = 0; c < clusters; c++)
            {
                if (counts[c] == 0)
                {
                    // An empty cluster restarts at the row that fits worst.
                    var worst = 0;
                    for (var i = 1; i < n; i++)
                        if (distance[i] > distance[worst]) worst = i;
                    if (distance[worst] <= 0) continue;
                    rows[worst].CopyTo(centres.AsSpan(c * d));
                    distance[worst] = 0;
                    continue;
                }
                for (var x = 0; x < d; x++) centres[c * d + x] = (float)(sums[c * d + x] / counts[c]);
            }
        }
        return new KMeansResult(assignment, new EmbeddingMatrix(centres, clusters, d), distance.Sum(x => (double)x));
    }

    /// <summary>
    /// k-means++ drawing: each next item with probability proportional to its squared distance from the nearest item drawn before;
    /// uniformly once nothing is left at a distance.
    /// </summary>
    internal static List<int> PlusPlus(int n, int k, SeededRandom random, Func<int, int, float> squaredDistance, int first, CancellationToken token)
    {
        var chosen = new List<int>(k) { first };
        var least = new double[n];
        Array.Fill(least, double.PositiveInfinity);
        var taken = new bool[n];
        taken[first] = true;
        while (chosen.Count < k)
        {
            token.ThrowIfCancellationRequested();
            var last = chosen[^1];
            double total = 0;
            for (var i = 0; i < n; i++)
            {
                least[i] = taken[i] ? 0 : Math.Min(least[i], squaredDistance(i, last));
                total += least[i];
            }
            var next = -1;
            if (total > 0)
            {
                var at = random.NextDouble() * total;
                for (var i = 0; i < n; i++)
                {
                    if (least[i] <= 0) continue;
                    next = i; // the last positive one, should rounding run past the end
                    at -= least[i];
                    if (at < 0) break;
                }
            }
            else
            {
                // Everything left equals something drawn: any will do.
                next = random.Next(n);
                while (taken[next]) next = (next + 1) % n;
            }
            taken[next] = true;
            chosen.Add(next);
        }
        return chosen;
    }
}

using System.Globalization;
using System.Numerics;
using Flywheel.Insight.Clustering;

namespace Flywheel.Insight.Selection;

/// <summary>Chooses which images of a pool to label.</summary>
public static class ImageSelection
{
    /// <summary>
    /// Hash bits two near-identical pictures may differ in. Among 2,980 video frames of eyes, 1,879 pairs pass this test and that of
    /// <see cref="NearCosine"/>, 99 % of them frames of the same person; among 2,428 photographs of eyes none does.
    /// </summary>
    public const int NearHashBits = 4;

    /// <summary>Cosine of centred embeddings above which two pictures are near-identical to the model.</summary>
    public const float NearCosine = 0.99f;

    const int TypicalNeighbours = 20;
    const int LargestDensitySample = 2000;

    /// <summary>
    /// How many of a budget <see cref="SelectionStrategy.Auto"/> draws at random: a tenth, at least 8 from a budget of 40 on. They
    /// alone estimate the accuracy without bias, and they cost the margin's gain little.
    /// </summary>
    public static int RandomShare(int budget) => budget switch
    {
        < 10 => 0,
        < 40 => (int)Math.Round(budget / 10.0, MidpointRounding.AwayFromZero),
        _ => Math.Max(8, (int)Math.Round(budget / 10.0, MidpointRounding.AwayFromZero)),
    };

    /// <summary>Chooses <paramref name="budget"/> different images, or all if there are fewer.</summary>
    /// <param name="pool">What is known of the images.</param>
    /// <param name="strategy">How to choose; not Audit, whose drawing is recorded: see <see cref="Estimation.StratifiedAudit"/>.</param>
    /// <param name="budget">How many, at least 1.</param>
    /// <param name="seed">Of the random parts.</param>
    /// <param name="token">Obeyed between choices.</param>
    /// <returns>In order of choice.</returns>
    /// <exception cref="ArgumentException">The pool lacks what the strategy needs.</exception>
    public static IReadOnlyList<SelectionPick> Select(SelectionPool pool, SelectionStrategy strategy, int budget, long seed, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budget);
        Check(pool.Probabilities?.Length, (long)pool.Count * pool.Classes, nameof(pool.Probabilities));
        Check(pool.Embeddings?.Count, pool.Count, nameof(pool.Embeddings));
        Check(pool.PerceptualHashes?.Length, pool.Count, nameof(pool.PerceptualHashes));
        Check(pool.KnownFailures?.Length, pool.Count, nameof(pool.KnownFailures));
        Check(pool.Suspicions?.Length, pool.Count, nameof(pool.Suspicions));
        budget = Math.Min(budget, pool.Count);
        if (budget == 0) return [];
        var random = new SeededRandom(seed);
        return strategy switch
        {
            SelectionStrategy.Random => [.. AtRandom(pool, budget, random)],
            SelectionStrategy.Margin => [.. ByMargin(pool).Take(budget)],
            SelectionStrategy.Failure => ByFailure(pool, budget, random),
            SelectionStrategy.Diverse => Diverse(pool, budget, random, token),
            SelectionStrategy.Typical => Typical(pool, budget, random, token),
            SelectionStrategy.Auto => Auto(pool, budget, random, token),
            _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "Not a strategy."),
        };
    }

    static void Check(long? length, long expected, string name)
    {
        if (length is { } given && given != expected) throw new ArgumentException($"{name} has {given} entries instead of {expected}.", name);
    }

    static T Need<T>(T? value, string name) where T : class => value ?? throw new ArgumentException($"The strategy needs {name}.", name);

    static IEnumerable<SelectionPick> AtRandom(SelectionPool pool, int count, SeededRandom random) =>
        random.Sample(pool.Count, count).Select(i => new SelectionPick(i, 0, "drawn at random", true));

    /// <summary>The whole pool, smallest margin first.</summary>
    static IEnumerable<SelectionPick> ByMargin(SelectionPool pool)
    {
        var probabilities = Need(pool.Probabilities, nameof(pool.Probabilities));
        var margins = new double[pool.Count];
        for (var i = 0; i < margins.Length; i++)
        {
            float first = float.NegativeInfinity, second = float.NegativeInfinity;
            foreach (var p in probabilities.AsSpan(i * pool.Classes, pool.Classes))
            {
                if (p > first) (first, second) = (p, first);
                else if (p > second) second = p;
            }
            margins[i] = (double)first - second;
        }
        return Enumerable.Range(0, pool.Count).OrderBy(i => margins[i]).ThenBy(i => i)
            .Select(i => new SelectionPick(i, 1 - margins[i], string.Create(CultureInfo.InvariantCulture, $"margin {margins[i]:0.000}"), false));
    }

    static List<SelectionPick> ByFailure(SelectionPool pool, int budget, SeededRandom random)
    {
        var known = pool.KnownFailures ?? new bool[pool.Count];
        var wrong = Enumerable.Range(0, pool.Count).Where(i => known[i]).ToArray();
        random.Shuffle<int>(wrong);
        var picks = wrong.Take(budget).Select(i => new SelectionPick(i, 1, "known failure", false)).ToList();
        if (picks.Count == budget) return picks;
        var suspicions = Need(pool.Suspicions, nameof(pool.Suspicions));
        picks.AddRange(Enumerable.Range(0, pool.Count).Where(i => !known[i]).OrderByDescending(i => suspicions[i]).ThenBy(i => i).Take(budget - picks.Count)
            .Select(i => new SelectionPick(i, suspicions[i], string.Create(CultureInfo.InvariantCulture, $"suspected, {suspicions[i]:0.00}"), false)));
        return picks;
    }

    /// <summary>
    /// BADGE. The gradient embedding of an image is the outer product of a = p − onehot(argmax p) and its embedding f, so that
    /// ⟨g_i, g_j⟩ = ⟨a_i, a_j⟩⟨f_i, f_j⟩: distances need no K × D vectors.
    /// </summary>
    static List<SelectionPick> Diverse(SelectionPool pool, int budget, SeededRandom random, CancellationToken token)
    {
        var probabilities = Need(pool.Probabilities, nameof(pool.Probabilities));
        var features = Need(pool.Embeddings, nameof(pool.Embeddings));
        var k = pool.Classes;
        var errors = (float[])probabilities.Clone();
        var norms = new float[pool.Count];
        var largest = 0;
        for (var i = 0; i < pool.Count; i++)
        {
            var row = errors.AsSpan(i * k, k);
            var predicted = 0;
            for (var c = 1; c < k; c++)
                if (row[c] > row[predicted]) predicted = c;
            row[predicted] -= 1;
            norms[i] = VectorMath.Dot(row, row) * VectorMath.Dot(features[i], features[i]);
            if (norms[i] > norms[largest]) largest = i;
        }
        var chosen = KMeans.PlusPlus(pool.Count, budget, random,
            (i, j) => Math.Max(0, norms[i] + norms[j] - 2 * VectorMath.Dot(errors.AsSpan(i * k, k), errors.AsSpan(j * k, k)) * VectorMath.Dot(features[i], features[j])),
            largest, token);
        var scale = Math.Max(norms[largest], float.Epsilon);
        return [.. chosen.Select(i => new SelectionPick(i, Math.Sqrt(norms[i] / scale),
            string.Create(CultureInfo.InvariantCulture, $"uncertain and unlike the others, gradient {Math.Sqrt(norms[i] / scale):0.00} of the largest"), false))];
    }

    static List<SelectionPick> Typical(SelectionPool pool, int budget, SeededRandom random, CancellationToken token)
    {
        var rows = Need(pool.Embeddings, nameof(pool.Embeddings)).Normalised();
        var assignment = KMeans.Fit(rows, budget, random, token: token).Assignment;
        var clusters = Enumerable.Range(0, pool.Count).GroupBy(i => assignment[i]).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Select(g => g.ToArray()).ToList();
        var ranked = new List<(int Index, double Typicality, int Size)>[clusters.Count];
        for (var at = 0; at < clusters.Count; at++)
        {
            token.ThrowIfCancellationRequested();
            var members = clusters[at];
            // Densities in a very large cluster are measured against a sample of it.
            var against = members.Length <= LargestDensitySample ? members : [.. random.Sample(members.Length, LargestDensitySample).Select(m => members[m])];
            var typicality = new double[members.Length];
            Parallel.For(0, members.Length, new ParallelOptions { CancellationToken = token }, m =>
            {
                var distances = against.Where(o => o != members[m]).Select(o => Math.Sqrt(VectorMath.SquaredDistance(rows[members[m]], rows[o]))).Order().Take(TypicalNeighbours).ToArray();
                typicality[m] = distances.Length == 0 ? 1 : 1 / (distances.Average() + 1e-6);
            });
            ranked[at] = [.. members.Select((i, m) => (i, typicality[m], members.Length)).OrderByDescending(x => x.Item2).ThenBy(x => x.i)];
        }
        // One of each cluster, largest first. Equal pictures can leave fewer clusters than the budget: then a second round.
        var picks = new List<SelectionPick>(budget);
        for (var round = 0; picks.Count < budget; round++)
            foreach (var cluster in ranked)
                if (picks.Count < budget && round < cluster.Count)
                    picks.Add(new SelectionPick(cluster[round].Index, cluster[round].Typicality,
                        $"the most typical of {cluster[round].Size} that look alike", false));
        return picks;
    }

    static List<SelectionPick> Auto(SelectionPool pool, int budget, SeededRandom random, CancellationToken token)
    {
        var picks = AtRandom(pool, RandomShare(budget), random).Select(p => p with { Reason = "drawn at random, for an unbiased estimate" }).ToList();
        var taken = new bool[pool.Count];
        foreach (var pick in picks) taken[pick.Index] = true;
        var rows = pool.Embeddings?.Normalised();
        var skipped = new List<SelectionPick>();
        foreach (var pick in ByMargin(pool))
        {
            if (picks.Count == budget) break;
            token.ThrowIfCancellationRequested();
            if (taken[pick.Index]) continue;
            if (picks.Any(p => NearDuplicate(pool, rows, p.Index, pick.Index))) skipped.Add(pick);
            else picks.Add(pick);
        }
        picks.AddRange(skipped.Take(budget - picks.Count));
        return picks;
    }

    /// <summary>
    /// Two tests must agree where both can be made: small blurred pictures of one kind often share a hash, and different pictures of
    /// one kind an embedding.
    /// </summary>
    static bool NearDuplicate(SelectionPool pool, EmbeddingMatrix? rows, int a, int b)
    {
        if (pool.PerceptualHashes is not { } hashes) return rows is not null && VectorMath.Dot(rows[a], rows[b]) > NearCosine;
        return BitOperations.PopCount(hashes[a] ^ hashes[b]) <= NearHashBits && (rows is null || VectorMath.Dot(rows[a], rows[b]) > NearCosine);
    }
}

namespace Flywheel.Insight.Suspicion;

/// <summary>
/// How far an image lies from the training set in a model's embedding space: the distance to its k-th nearest training embedding
/// (centred, normalised; Sun et al., ICML 2022), told as the percentile it has among the training set's own leave-one-out distances.
/// </summary>
public sealed class TrainingDistance
{
    /// <summary>Which nearest neighbour is measured to.</summary>
    public const int Neighbours = 10;

    /// <summary>At most this many training embeddings are kept, drawn at random.</summary>
    public const int LargestReference = 4000;

    readonly EmbeddingMatrix _reference;
    readonly float[] _centre;
    readonly int _k;
    readonly float[] _own;

    TrainingDistance(EmbeddingMatrix reference, float[] centre, int k, float[] own)
    {
        _reference = reference;
        _centre = centre;
        _k = k;
        _own = own;
    }

    /// <summary>Learns the training set's own distances.</summary>
    /// <param name="training">Embeddings of training images, at least two.</param>
    /// <param name="seed">Chooses which are kept when there are too many.</param>
    /// <param name="token">Obeyed between images.</param>
    public static TrainingDistance Fit(EmbeddingMatrix training, long seed, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (training.Count < 2) throw new ArgumentException($"{training.Count} training embeddings have no distances among them.", nameof(training));
        var centre = training.Mean();
        var kept = training.Count <= LargestReference ? training : training.Rows(new SeededRandom(seed).Sample(training.Count, LargestReference));
        var reference = kept.Normalised(centre);
        var k = Math.Min(Neighbours, reference.Count - 1);
        var own = new float[reference.Count];
        Parallel.For(0, own.Length, new ParallelOptions { CancellationToken = token }, i => own[i] = Kth(reference, reference[i], k, i));
        Array.Sort(own);
        return new TrainingDistance(reference, centre, k, own);
    }

    /// <summary>For each row, the share of training images that lie nearer to the rest of training than the row does: 0..1.</summary>
    public double[] Percentiles(EmbeddingMatrix embeddings, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.Dimensions != _reference.Dimensions)
            throw new ArgumentException($"Embeddings of {embeddings.Dimensions} and {_reference.Dimensions} dimensions cannot be compared.", nameof(embeddings));
        var rows = embeddings.Normalised(_centre);
        var shares = new double[rows.Count];
        Parallel.For(0, shares.Length, new ParallelOptions { CancellationToken = token }, i =>
        {
            var distance = Kth(_reference, rows[i], _k, -1);
            int low = 0, high = _own.Length;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_own[middle] < distance) low = middle + 1;
                else high = middle;
            }
            shares[i] = low / (double)_own.Length;
        });
        return shares;
    }

    static float Kth(EmbeddingMatrix reference, ReadOnlySpan<float> row, int k, int except)
    {
        // The k nearest so far, ascending; k is small.
        Span<float> nearest = stackalloc float[k];
        nearest.Fill(float.PositiveInfinity);
        for (var j = 0; j < reference.Count; j++)
        {
            if (j == except) continue;
            var d = VectorMath.SquaredDistance(row, reference[j]);
            if (d >= nearest[k - 1]) continue;
            var at = k - 1;
            for (; at > 0 && nearest[at - 1] > d; at--) nearest[at] = nearest[at - 1];
            nearest[at] = d;
        }
        return nearest[k - 1];
    }
}

namespace Flywheel.Insight.Drift;

/// <summary>
/// How well the window's images are told from the reference's: Fisher's linear discriminant on standardised features with a shrunken
/// covariance, cross-fitted by unit, judged by AUC (a classifier two-sample test; Lopez-Paz and Oquab, ICLR 2017). The covariance is the
/// pooled one, which no rearrangement changes, so that the classifier is fitted anew for each at the cost of some means.
/// </summary>
sealed class DomainClassifier
{
    /// <summary>Folds of the cross-fitting.</summary>
    const int Folds = 5;

    /// <summary>Images taken of a unit, and reference units in a rearrangement.</summary>
    const int PerUnit = 4, MostReference = 512;

    readonly int _dimensions;
    readonly int[] _start;
    readonly float[] _rows, _means;
    readonly float[] _centre, _scale;
    readonly double[] _factor;
    readonly Action<int, bool, Span<float>> _features;

    /// <summary>Prepares.</summary>
    /// <param name="units">The units; the first of each unit's images are used.</param>
    /// <param name="dimensions">Features of an image.</param>
    /// <param name="features">Writes an image's features: index, whether of the window, to.</param>
    public DomainClassifier(SampleUnits units, int dimensions, Action<int, bool, Span<float>> features)
    {
        _dimensions = dimensions;
        _features = features;
        SampleUnit[] all = [.. units.Reference, .. units.Window];
        _start = new int[all.Length + 1];
        for (var u = 0; u < all.Length; u++) _start[u + 1] = _start[u] + Math.Min(PerUnit, all[u].Images.Length);
        var n = _start[^1];
        _rows = new float[n * dimensions];
        // A joined unit's images come group by group: take them from all over it.
        Parallel.For(0, all.Length, u =>
        {
            for (var i = _start[u]; i < _start[u + 1]; i++)
                features(all[u].Images[(long)(i - _start[u]) * all[u].Images.Length / (_start[u + 1] - _start[u])], u >= units.Reference.Length, Row(i));
        });
        (_centre, _scale) = Standard(n);
        for (var i = 0; i < n; i++) Standardise(Row(i));
        _factor = KernelTest.Cholesky(Covariance(n, all.Length), dimensions);
        Parallel.For(0, n, i => Whiten(Row(i)));
        _means = new float[all.Length * dimensions];
        for (var u = 0; u < all.Length; u++)
        {
            var mean = _means.AsSpan(u * dimensions, dimensions);
            for (var i = _start[u]; i < _start[u + 1]; i++)
                for (var d = 0; d < dimensions; d++) mean[d] += Row(i)[d] / (_start[u + 1] - _start[u]);
        }
    }

    Span<float> Row(int i) => _rows.AsSpan(i * _dimensions, _dimensions);

    (float[] Centre, float[] Scale) Standard(int n)
    {
        double[] sum = new double[_dimensions], square = new double[_dimensions];
        for (var i = 0; i < n; i++)
        {
            var row = Row(i);
            for (var d = 0; d < _dimensions; d++) sum[d] += row[d];
        }
        for (var i = 0; i < n; i++)
        {
            var row = Row(i);
            for (var d = 0; d < _dimensions; d++) square[d] += (row[d] - sum[d] / n) * (row[d] - sum[d] / n);
        }
        return ([.. sum.Select(s => (float)(s / n))], [.. square.Select(s => s > 0 ? (float)(1 / Math.Sqrt(s / n)) : 0f)]);
    }

    void Standardise(Span<float> row)
    {
        for (var d = 0; d < row.Length; d++) row[d] = (row[d] - _centre[d]) * _scale[d];
    }

    /// <summary>Pooled covariance of the standardised rows, shrunk towards the identity by dimensions ÷ (dimensions + units), at least 5 %.</summary>
    double[] Covariance(int n, int units)
    {
        var d = _dimensions;
        var columns = new float[d][];
        for (var j = 0; j < d; j++)
        {
            columns[j] = new float[n];
            for (var i = 0; i < n; i++) columns[j][i] = _rows[i * d + j];
        }
        var shrink = Math.Max(0.05, d / (double)(d + units));
        var covariance = new double[d * d];
        Parallel.For(0, d, j =>
        {
            for (var k = 0; k <= j; k++)
                covariance[j * d + k] = covariance[k * d + j] = (1 - shrink) * VectorMath.Dot(columns[j], columns[k]) / n + (j == k ? shrink : 0);
        });
        return covariance;
    }

    /// <summary>L⁻¹·row, so that plain inner products are those of the inverse covariance.</summary>
    void Whiten(Span<float> row)
    {
        var d = row.Length;
        for (var j = 0; j < d; j++)
        {
            double sum = row[j];
            for (var k = 0; k < j; k++) sum -= _factor[j * d + k] * row[k];
            row[j] = (float)(sum / _factor[j * d + j]);
        }
    }

    /// <summary>Cross-fitted directions of an arrangement and the AUC they reach on the units they were not fitted on.</summary>
    /// <param name="order">Units: first the window's, then the reference's, each part in random order.</param>
    /// <param name="window">How many are the window's.</param>
    /// <param name="work">Scratch, made on first use.</param>
    /// <returns>The AUC, averaged over folds.</returns>
    public double Auc(ReadOnlySpan<int> order, int window, ref Scratch? work)
    {
        work ??= new Scratch(_dimensions, _start[^1]);
        var reference = Math.Min(MostReference, order.Length - window);
        work.Folds = Math.Min(Folds, Math.Min(window, reference));
        Fit(order, window, reference, work);
        double sum = 0, weights = 0;
        for (var fold = 0; fold < work.Folds; fold++)
        {
            int n = 0, positive = 0;
            var direction = work.Direction(fold);
            for (var side = 0; side < 2; side++)
            {
                var part = side == 0 ? order[..window] : order.Slice(window, reference);
                for (var at = fold; at < part.Length; at += work.Folds)
                    for (var i = _start[part[at]]; i < _start[part[at] + 1]; i++)
                    {
                        work.Keys[n] = VectorMath.Dot(Row(i), direction);
                        work.OfWindow[n++] = side == 0;
                        if (side == 0) positive++;
                    }
            }
            var weight = (double)positive * (n - positive);
            sum += weight * Area(work.Keys.AsSpan(0, n), work.OfWindow.AsSpan(0, n), positive);
            weights += weight;
        }
        return sum / weights;
    }

    /// <summary>Each fold's direction: the difference of the means over the units of the other folds.</summary>
    void Fit(ReadOnlySpan<int> order, int window, int reference, Scratch work)
    {
        var d = _dimensions;
        work.Sums.AsSpan().Clear();
        for (var side = 0; side < 2; side++)
        {
            var part = side == 0 ? order[..window] : order.Slice(window, reference);
            for (var at = 0; at < part.Length; at++)
                VectorMath.Add(_means.AsSpan(part[at] * d, d), work.Sum(side, at % work.Folds));
        }
        for (var fold = 0; fold < work.Folds; fold++)
        {
            var direction = work.Direction(fold);
            direction.Clear();
            for (var side = 0; side < 2; side++)
            {
                var part = side == 0 ? window : reference;
                var left = part - (part - fold + work.Folds - 1) / work.Folds;
                var scale = (side == 0 ? 1f : -1f) / left;
                for (var other = 0; other < work.Folds; other++)
                {
                    if (other == fold) continue;
                    var sum = work.Sum(side, other);
                    for (var k = 0; k < d; k++) direction[k] += scale * sum[k];
                }
            }
        }
    }

    static double Area(Span<float> keys, Span<bool> positives, int positive)
    {
        keys.Sort(positives);
        double ranks = 0;
        for (var i = 0; i < keys.Length;)
        {
            var end = i;
            var tied = 0;
            for (; end < keys.Length && keys[end] == keys[i]; end++)
                if (positives[end]) tied++;
            ranks += tied * (i + end + 1) / 2.0; // mean of the ranks i + 1 .. end
            i = end;
        }
        return (ranks - positive * (positive + 1.0) / 2) / ((double)positive * (keys.Length - positive));
    }

    /// <summary>
    /// Of each of the window's units' images, the share of the reference's images of its fold that look less like the window, by the direction
    /// fitted without either.
    /// </summary>
    /// <param name="units">The units.</param>
    /// <param name="order">The arrangement as it is.</param>
    public IEnumerable<(int Image, double Score)> Judge(SampleUnits units, int[] order)
    {
        var window = units.Window.Length;
        Scratch? work = null;
        Auc(order, window, ref work);
        var row = new float[_dimensions];
        for (var fold = 0; fold < work!.Folds; fold++)
        {
            var direction = work.Direction(fold).ToArray();
            var known = new List<float>();
            for (var at = fold; at < Math.Min(MostReference, order.Length - window); at += work.Folds)
                for (var i = _start[order[window + at]]; i < _start[order[window + at] + 1]; i++) known.Add(VectorMath.Dot(Row(i), direction));
            known.Sort();
            for (var at = fold; at < window; at += work.Folds)
                foreach (var image in units.Window[order[at] - units.Reference.Length].Images)
                {
                    _features(image, true, row);
                    Standardise(row);
                    Whiten(row);
                    var score = VectorMath.Dot(row, direction);
                    var place = known.BinarySearch(score);
                    // Beyond all of the reference, the distance still tells which is further.
                    var below = (place < 0 ? ~place : place) / (double)known.Count;
                    yield return (image, below < 1 ? below : 1 + Math.Max(0, score - known[^1]));
                }
        }
    }

    /// <summary>What an arrangement needs in memory; one per thread.</summary>
    public sealed class Scratch(int dimensions, int images)
    {
        readonly float[] _directions = new float[DomainClassifier.Folds * dimensions];

        public int Folds;
        public readonly float[] Sums = new float[2 * DomainClassifier.Folds * dimensions];
        public readonly float[] Keys = new float[images];
        public readonly bool[] OfWindow = new bool[images];

        public Span<float> Direction(int fold) => _directions.AsSpan(fold * dimensions, dimensions);

        public Span<float> Sum(int side, int fold) => Sums.AsSpan((side * DomainClassifier.Folds + fold) * dimensions, dimensions);
    }
}

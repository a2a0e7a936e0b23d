using System.Globalization;

namespace Flywheel.Insight.Drift;

/// <summary>
/// The embeddings by MMD², unbiased by unit: a unit's features stand for its images' mean kernel function. Few images have features of their
/// own kernel matrix, whose inner products are exact; many have random Fourier features.
/// </summary>
sealed class KernelTest : UnitTest
{
    /// <summary>Up to so many images and units the kernel is computed exactly.</summary>
    const int MostImages = 2000, MostUnits = 512;

    const int Frequencies = 256;

    readonly EmbeddingMatrix _reference, _window;
    readonly float[] _centre;
    readonly FourierMap? _map;
    readonly Dictionary<SampleUnit, int>? _order;
    readonly double[]? _factor;

    /// <summary>Prepares.</summary>
    /// <param name="reference">Embeddings of the reference.</param>
    /// <param name="window">Embeddings of the window.</param>
    /// <param name="units">The units.</param>
    /// <param name="seed">Seed of the bandwidth's sample and of the frequencies.</param>
    public KernelTest(EmbeddingMatrix reference, EmbeddingMatrix window, SampleUnits units, long seed)
    {
        (_reference, _window) = (reference, window);
        float[] a = reference.Mean(), b = window.Mean();
        double n = reference.Count, m = window.Count;
        _centre = [.. a.Zip(b, (x, y) => (float)((n * x + m * y) / (n + m)))];
        SampleUnit[] all = [.. units.Reference, .. units.Window];
        var sample = Rows([.. new SeededRandom(seed).Permutation(all.Length).Take(1000)], all, units.Reference.Length);
        Sigma = KernelDistance.Bandwidth(sample, seed);
        var images = all.Sum(u => u.Images.Length);
        Exact = images <= MostImages && all.Length <= MostUnits;
        if (Exact)
        {
            _order = all.Select((u, i) => (u, i)).ToDictionary(x => x.u, x => x.i);
            _factor = Cholesky(Gram(all, units.Reference.Length, images), all.Length);
            Width = all.Length + 1;
        }
        else
        {
            _map = new FourierMap(reference.Dimensions, Sigma, Frequencies, seed);
            Width = _map.Width + 1;
        }
    }

    /// <summary>The kernel's σ.</summary>
    public double Sigma { get; }

    /// <summary>Whether the kernel is exact.</summary>
    public bool Exact { get; }

    // The last feature is the squared length of the others: the unit's mean kernel with itself.
    public override int Width { get; }

    /// <summary>One image of each of these units.</summary>
    EmbeddingMatrix Rows(int[] chosen, SampleUnit[] all, int references)
    {
        var d = _reference.Dimensions;
        var rows = new float[chosen.Length * d];
        for (var i = 0; i < chosen.Length; i++) Row(all[chosen[i]].Images[0], chosen[i] >= references, rows.AsSpan(i * d, d));
        return new EmbeddingMatrix(rows, chosen.Length, d);
    }

    /// <summary>An embedding, centred and of length one.</summary>
    void Row(int image, bool window, Span<float> to)
    {
        var from = (window ? _window : _reference)[image];
        for (var d = 0; d < to.Length; d++) to[d] = from[d] - _centre[d];
        var length = MathF.Sqrt(VectorMath.Dot(to, to));
        if (length > 1e-12f)
            for (var d = 0; d < to.Length; d++) to[d] /= length;
    }

    /// <summary>Mean kernel between units.</summary>
    double[] Gram(SampleUnit[] all, int references, int images)
    {
        var d = _reference.Dimensions;
        var rows = new float[images * d];
        var start = new int[all.Length + 1];
        for (var u = 0; u < all.Length; u++)
        {
            start[u + 1] = start[u] + all[u].Images.Length;
            for (var i = 0; i < all[u].Images.Length; i++) Row(all[u].Images[i], u >= references, rows.AsSpan((start[u] + i) * d, d));
        }
        var gram = new double[all.Length * all.Length];
        for (var u = 0; u < all.Length; u++)
            for (var v = 0; v <= u; v++)
            {
                double sum = 0;
                for (var i = start[u]; i < start[u + 1]; i++)
                    for (var j = start[v]; j < start[v + 1]; j++)
                        sum += all[u].Weights[i - start[u]] * all[v].Weights[j - start[v]] * KernelDistance.Kernel(rows.AsSpan(i * d, d), rows.AsSpan(j * d, d), Sigma);
                gram[u * all.Length + v] = gram[v * all.Length + u] = sum;
            }
        return gram;
    }

    /// <summary>L with L·Lᵀ the matrix; a direction without variance becomes a column of zeros.</summary>
    internal static double[] Cholesky(double[] matrix, int n)
    {
        var l = new double[n * n];
        for (var j = 0; j < n; j++)
        {
            var rest = matrix[j * n + j];
            for (var k = 0; k < j; k++) rest -= l[j * n + k] * l[j * n + k];
            if (rest <= 1e-10 * matrix[j * n + j]) continue;
            var pivot = l[j * n + j] = Math.Sqrt(rest);
            for (var i = j + 1; i < n; i++)
            {
                var sum = matrix[i * n + j];
                for (var k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
                l[i * n + j] = sum / pivot;
            }
        }
        return l;
    }

    public override void Fill(SampleUnit unit, bool window, Span<float> features)
    {
        var values = features[..^1];
        if (_map is null)
        {
            var at = _order![unit];
            for (var k = 0; k < values.Length; k++) values[k] = (float)_factor![at * values.Length + k];
        }
        else
        {
            Span<float> row = new float[_reference.Dimensions];
            for (var i = 0; i < unit.Images.Length; i++)
            {
                Row(unit.Images[i], window, row);
                _map.Add(row, unit.Weights[i], values);
            }
        }
        double square = 0;
        foreach (var x in values) square += (double)x * x;
        features[^1] = (float)square;
    }

    public override double Statistic(ReadOnlySpan<float> window, ReadOnlySpan<float> reference, int n, int m)
    {
        double ww = 0, rr = 0, wr = 0;
        for (var k = 0; k + 1 < window.Length; k++)
        {
            ww += (double)window[k] * window[k];
            rr += (double)reference[k] * reference[k];
            wr += (double)window[k] * reference[k];
        }
        // Sums over different units: the square of the sum less the sum of the squares.
        return (n * ww - window[^1]) / Math.Max(1, n - 1) + (m * rr - reference[^1]) / Math.Max(1, m - 1) - 2 * wr;
    }

    public override DriftTest Describe(ReadOnlySpan<float> window, ReadOnlySpan<float> reference)
    {
        double square = 0;
        for (var k = 0; k + 1 < window.Length; k++) square += ((double)window[k] - reference[k]) * ((double)window[k] - reference[k]);
        return new DriftTest
        {
            Kind = DriftKind.Appearance,
            Name = "embedding",
            Statistic = "MMD",
            Effect = string.Create(CultureInfo.InvariantCulture, $"mean embeddings {Math.Sqrt(square):0.00} apart (kernel width {Sigma:0.00}{(Exact ? "" : ", approximate")})"),
        };
    }
}

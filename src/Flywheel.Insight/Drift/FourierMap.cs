namespace Flywheel.Insight.Drift;

/// <summary>
/// Random Fourier features of the Gaussian kernel (Rahimi and Recht, NIPS 2007): inner products of the features approximate the kernel
/// with a standard error of at most 1/√(2 × frequencies), so that means of features stand for a kernel matrix.
/// </summary>
public sealed class FourierMap
{
    readonly EmbeddingMatrix _frequencies;

    /// <summary>Draws the frequencies.</summary>
    /// <param name="dimensions">Columns of the rows to map.</param>
    /// <param name="sigma">The kernel's σ.</param>
    /// <param name="frequencies">How many; each makes a cosine and a sine.</param>
    /// <param name="seed">Seed of the draw.</param>
    public FourierMap(int dimensions, double sigma, int frequencies, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        var random = new SeededRandom(seed);
        var values = new float[frequencies * dimensions];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(random.NextGaussian() / sigma);
        _frequencies = new EmbeddingMatrix(values, frequencies, dimensions);
    }

    /// <summary>Features of a row.</summary>
    public int Width => 2 * _frequencies.Count;

    /// <summary>Adds a row's features, times a weight, to a sum.</summary>
    /// <param name="row">The row.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="sum">Length <see cref="Width"/>.</param>
    public void Add(ReadOnlySpan<float> row, float weight, Span<float> sum)
    {
        var scale = weight / MathF.Sqrt(_frequencies.Count);
        for (var k = 0; k < _frequencies.Count; k++)
        {
            var (sin, cos) = MathF.SinCos(VectorMath.Dot(row, _frequencies[k]));
            sum[2 * k] += scale * cos;
            sum[2 * k + 1] += scale * sin;
        }
    }
}

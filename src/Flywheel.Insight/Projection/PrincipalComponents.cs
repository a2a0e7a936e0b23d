using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Flywheel.Insight.Projection;

/// <summary>
/// The directions in which embeddings vary most (Pearson, 1901), found by orthogonal iteration with Rayleigh–Ritz on the covariance
/// (Golub and Van Loan, Matrix Computations, 8.2), so that only a few of its eigenvectors are ever computed. The same rows give the same
/// picture: the start is seeded, sums have a fixed order, and the largest weight of every direction is made positive.
/// </summary>
public sealed class PrincipalComponents
{
    const int Spare = 6;
    const int MostSteps = 2000;

    readonly double[] _mean;
    readonly double[][] _directions;

    PrincipalComponents(double[] mean, double[][] directions, double[] variances, double total)
    {
        _mean = mean;
        _directions = directions;
        Variances = variances;
        TotalVariance = total;
    }

    /// <summary>Variance along each direction (divided by n − 1), largest first.</summary>
    public IReadOnlyList<double> Variances { get; }

    /// <summary>Variance over all dimensions.</summary>
    public double TotalVariance { get; }

    /// <summary>Share of the variance each direction explains; zeros if nothing varies.</summary>
    public IReadOnlyList<double> Explained => [.. Variances.Select(v => TotalVariance > 0 ? v / TotalVariance : 0)];

    /// <summary>Length of an embedding.</summary>
    public int Dimensions => _mean.Length;

    /// <summary>A direction of length one.</summary>
    public IReadOnlyList<double> Direction(int component) => _directions[component];

    /// <summary>Finds the first directions.</summary>
    /// <param name="rows">n × D.</param>
    /// <param name="components">How many; no more than D.</param>
    /// <param name="token">Obeyed between blocks.</param>
    /// <exception cref="ArgumentException">Fewer than two rows.</exception>
    public static PrincipalComponents Fit(EmbeddingMatrix rows, int components, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(components);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(components, rows.Dimensions);
        if (rows.Count < 2) throw new ArgumentException($"{rows.Count} rows do not vary.", nameof(rows));
        var mean = Mean(rows);
        var covariance = Covariance(rows, mean, token);
        var d = rows.Dimensions;
        double total = 0;
        for (var i = 0; i < d; i++) total += covariance[i * d + i];
        var (vectors, values) = Leading(covariance, d, components, total, token);
        return new PrincipalComponents(mean, vectors, values, total);
    }

    /// <summary>Coordinates of rows along the directions, n × components, row-major.</summary>
    public double[] Project(EmbeddingMatrix rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Dimensions != Dimensions) throw new ArgumentException($"Rows of {rows.Dimensions} do not fit directions of {Dimensions}.", nameof(rows));
        var k = _directions.Length;
        var result = new double[rows.Count * k];
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            for (var c = 0; c < k; c++)
            {
                var direction = _directions[c];
                double sum = 0;
                for (var j = 0; j < row.Length; j++) sum += (row[j] - _mean[j]) * direction[j];
                result[i * k + c] = sum;
            }
        }
        return result;
    }

    static double[] Mean(EmbeddingMatrix rows)
    {
        var mean = new double[rows.Dimensions];
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            for (var j = 0; j < mean.Length; j++) mean[j] += row[j];
        }
        for (var j = 0; j < mean.Length; j++) mean[j] /= rows.Count;
        return mean;
    }

    /// <summary>D × D. Blocks of the result are worked on at once, each summed in the order of the rows: the same on any number of threads.</summary>
    static double[] Covariance(EmbeddingMatrix rows, double[] mean, CancellationToken token)
    {
        const int Block = 256;
        var (n, d) = (rows.Count, rows.Dimensions);
        var result = new double[d * d];
        var centred = new double[Block * d];
        for (var start = 0; start < n; start += Block)
        {
            token.ThrowIfCancellationRequested();
            var count = Math.Min(Block, n - start);
            for (var i = 0; i < count; i++)
            {
                var row = rows[start + i];
                for (var j = 0; j < d; j++) centred[i * d + j] = row[j] - mean[j];
            }
            Parallel.For(0, d, a =>
            {
                var sums = result.AsSpan(a * d + a, d - a);
                for (var i = 0; i < count; i++)
                {
                    var of = centred.AsSpan(i * d + a, d - a);
                    AddScaled(of, of[0], sums);
                }
            });
        }
        for (var a = 0; a < d; a++)
            for (var b = a; b < d; b++) result[b * d + a] = result[a * d + b] /= n - 1;
        return result;
    }

    static void AddScaled(ReadOnlySpan<double> from, double scale, Span<double> to)
    {
        var i = 0;
        ref var source = ref MemoryMarshal.GetReference(from);
        ref var target = ref MemoryMarshal.GetReference(to);
        var factor = Vector256.Create(scale);
        for (; i <= from.Length - 4; i += 4)
            Vector256.StoreUnsafe(
                Vector256.LoadUnsafe(ref target, (nuint)i) + Vector256.LoadUnsafe(ref source, (nuint)i) * factor, ref target, (nuint)i);
        for (; i < from.Length; i++) to[i] += from[i] * scale;
    }

    static (double[][] Vectors, double[] Values) Leading(double[] matrix, int d, int components, double total, CancellationToken token)
    {
        var k = Math.Min(d, components + Spare);
        var random = new SeededRandom(1);
        var basis = new double[k][];
        for (var c = 0; c < k; c++)
        {
            basis[c] = new double[d];
            for (var j = 0; j < d; j++) basis[c][j] = random.NextDouble(-1, 1);
        }
        Orthonormalise(basis, random);
        var values = new double[k];
        for (var step = 0; step < MostSteps; step++)
        {
            token.ThrowIfCancellationRequested();
            var image = basis.Select(v => Multiply(matrix, v, d)).ToArray();
            // Rayleigh–Ritz: the best eigenvectors within the space spanned so far.
            var small = new double[k, k];
            for (var a = 0; a < k; a++)
                for (var b = a; b < k; b++) small[a, b] = small[b, a] = Dot(basis[a], image[b]);
            var (rotation, eigen) = SymmetricEigen.Solve(small);
            basis = Rotate(basis, rotation);
            image = Rotate(image, rotation);
            values = eigen;
            double residual = 0;
            for (var c = 0; c < components; c++)
            {
                double sum = 0;
                for (var j = 0; j < d; j++)
                {
                    var off = image[c][j] - values[c] * basis[c][j];
                    sum += off * off;
                }
                residual = Math.Max(residual, Math.Sqrt(sum));
            }
            if (residual <= 1e-11 * total) break;
            basis = image;
            Orthonormalise(basis, random);
        }
        var vectors = basis[..components];
        foreach (var vector in vectors)
        {
            var largest = 0;
            for (var j = 1; j < d; j++)
                if (Math.Abs(vector[j]) > Math.Abs(vector[largest]) + 1e-9) largest = j;
            if (vector[largest] < 0)
                for (var j = 0; j < d; j++) vector[j] = -vector[j];
        }
        return (vectors, [.. values.Take(components).Select(v => Math.Max(v, 0))]);
    }

    static double[] Multiply(double[] matrix, double[] vector, int d)
    {
        var result = new double[d];
        for (var i = 0; i < d; i++) result[i] = Dot(matrix.AsSpan(i * d, d), vector);
        return result;
    }

    static double[][] Rotate(double[][] vectors, double[,] rotation)
    {
        var k = vectors.Length;
        var result = new double[k][];
        for (var c = 0; c < k; c++)
        {
            var sum = result[c] = new double[vectors[0].Length];
            for (var b = 0; b < k; b++) AddScaled(vectors[b], rotation[b, c], sum);
        }
        return result;
    }

    /// <summary>Gram–Schmidt, twice for accuracy; a vector that vanishes is replaced by a random one.</summary>
    static void Orthonormalise(double[][] vectors, SeededRandom random)
    {
        for (var c = 0; c < vectors.Length; c++)
        {
            for (var attempt = 0; ; attempt++)
            {
                var before = Math.Sqrt(Dot(vectors[c], vectors[c]));
                for (var pass = 0; pass < 2; pass++)
                    for (var b = 0; b < c; b++) AddScaled(vectors[b], -Dot(vectors[b], vectors[c]), vectors[c]);
                var length = Math.Sqrt(Dot(vectors[c], vectors[c]));
                if (length > 1e-12 * before && length > 1e-300 || attempt == 8)
                {
                    for (var j = 0; j < vectors[c].Length; j++) vectors[c][j] /= length;
                    break;
                }
                for (var j = 0; j < vectors[c].Length; j++) vectors[c][j] = random.NextDouble(-1, 1);
            }
        }
    }

    static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = Vector256<double>.Zero;
        var i = 0;
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        for (; i <= a.Length - 4; i += 4) sum += Vector256.LoadUnsafe(ref pa, (nuint)i) * Vector256.LoadUnsafe(ref pb, (nuint)i);
        var total = Vector256.Sum(sum);
        for (; i < a.Length; i++) total += a[i] * b[i];
        return total;
    }
}

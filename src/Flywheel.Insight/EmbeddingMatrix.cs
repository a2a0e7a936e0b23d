namespace Flywheel.Insight;

/// <summary>Embeddings of many images: row-major, <see cref="Count"/> × <see cref="Dimensions"/>.</summary>
public sealed class EmbeddingMatrix
{
    readonly float[] _values;

    /// <summary>Wraps an array without copying it.</summary>
    /// <exception cref="ArgumentException">The length is not count × dimensions.</exception>
    public EmbeddingMatrix(float[] values, int count, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        if (values.LongLength != (long)count * dimensions)
            throw new ArgumentException($"{values.LongLength} values cannot be {count} rows of {dimensions}.", nameof(values));
        _values = values;
        Count = count;
        Dimensions = dimensions;
    }

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>Columns.</summary>
    public int Dimensions { get; }

    /// <summary>One image's embedding.</summary>
    public ReadOnlySpan<float> this[int row] => _values.AsSpan(row * Dimensions, Dimensions);

    /// <summary>The named rows, copied, in that order.</summary>
    public EmbeddingMatrix Rows(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var copy = new float[rows.Count * Dimensions];
        for (var i = 0; i < rows.Count; i++) this[rows[i]].CopyTo(copy.AsSpan(i * Dimensions));
        return new EmbeddingMatrix(copy, rows.Count, Dimensions);
    }

    /// <summary>Mean of the rows, length <see cref="Dimensions"/>; zeros without rows.</summary>
    public float[] Mean()
    {
        var sums = new double[Dimensions];
        for (var i = 0; i < Count; i++)
        {
            var row = this[i];
            for (var d = 0; d < sums.Length; d++) sums[d] += row[d];
        }
        return [.. sums.Select(s => Count == 0 ? 0f : (float)(s / Count))];
    }

    /// <summary>
    /// A copy whose rows have the centre taken off (the rows' own mean by default) and length one, so that squared Euclidean distance
    /// is twice the cosine distance. Features after a ReLU all point the same way; without centring their cosines tell little.
    /// </summary>
    public EmbeddingMatrix Normalised(ReadOnlySpan<float> centre = default)
    {
        var mean = centre.IsEmpty ? Mean() : centre.ToArray();
        var copy = new float[_values.Length];
        for (var i = 0; i < Count; i++)
        {
            var row = this[i];
            var to = copy.AsSpan(i * Dimensions, Dimensions);
            for (var d = 0; d < to.Length; d++) to[d] = row[d] - mean[d];
            var length = MathF.Sqrt(VectorMath.Dot(to, to));
            if (length > 1e-12f)
                for (var d = 0; d < to.Length; d++) to[d] /= length;
        }
        return new EmbeddingMatrix(copy, Count, Dimensions);
    }
}

using Flywheel.Imaging;

namespace Flywheel.Learning.Data;

/// <summary>
/// Decoded pictures in memory, at two sizes: a larger byte cache from which augmented crops are taken, and the exact bytes inference
/// will see, made by the same <see cref="Preprocessor"/>.
/// </summary>
public sealed class PixelSet
{
    readonly byte[] _cache;
    readonly byte[] _inputs;

    /// <summary>An empty set of a given capacity; fill it through <see cref="CacheOf"/> and <see cref="InputOf"/>.</summary>
    public PixelSet(int count, ImagePreprocessing preprocessing, int cacheSize)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        Count = count;
        Preprocessing = preprocessing;
        CacheSize = cacheSize;
        _cache = new byte[checked(count * CacheLength)];
        _inputs = new byte[checked(count * preprocessing.Length)];
    }

    PixelSet(int count, ImagePreprocessing preprocessing, int cacheSize, byte[] cache, byte[] inputs)
    {
        Count = count;
        Preprocessing = preprocessing;
        CacheSize = cacheSize;
        _cache = cache;
        _inputs = inputs;
    }

    /// <summary>Pictures.</summary>
    public int Count { get; }

    /// <summary>The network's input.</summary>
    public ImagePreprocessing Preprocessing { get; }

    /// <summary>Channels of both sizes.</summary>
    public int Channels => Preprocessing.Channels;

    /// <summary>Side of the cached pictures, pixels.</summary>
    public int CacheSize { get; }

    int CacheLength => Channels * CacheSize * CacheSize;

    /// <summary>The cached picture: channels × <see cref="CacheSize"/> × <see cref="CacheSize"/> bytes.</summary>
    public Span<byte> CacheOf(int index) => _cache.AsSpan(index * CacheLength, CacheLength);

    /// <summary>The picture at input size: channels × height × width bytes.</summary>
    public Span<byte> InputOf(int index) => _inputs.AsSpan(index * Preprocessing.Length, Preprocessing.Length);

    /// <summary>The network's input of some pictures, as inference makes it: [count × length] floats.</summary>
    public float[] Inputs(int start, int count)
    {
        var floats = new float[count * Preprocessing.Length];
        for (var i = 0; i < count; i++) Preprocessor.Normalise(InputOf(start + i), Preprocessing, floats.AsSpan(i * Preprocessing.Length, Preprocessing.Length));
        return floats;
    }

    /// <summary>Some of the pictures, in the order given.</summary>
    public PixelSet Take(IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        var taken = new PixelSet(indices.Count, Preprocessing, CacheSize);
        for (var i = 0; i < indices.Count; i++)
        {
            CacheOf(indices[i]).CopyTo(taken.CacheOf(i));
            InputOf(indices[i]).CopyTo(taken.InputOf(i));
        }
        return taken;
    }

    /// <summary>This set's pictures followed by another's of the same sizes.</summary>
    public PixelSet Concat(PixelSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.CacheSize != CacheSize || other.Preprocessing.Length != Preprocessing.Length) throw new ArgumentException("The sets have different sizes.", nameof(other));
        return new PixelSet(Count + other.Count, Preprocessing, CacheSize, [.. _cache, .. other._cache], [.. _inputs, .. other._inputs]);
    }
}

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Flywheel.Imaging;
using Flywheel.Insight;

namespace Flywheel.Engine.Quality;

/// <summary>
/// Small grey pictures of images, read when they are needed and kept for the time of a check: 32×32 bytes each, so that 50,000 take 50 MB.
/// Compared are correlations, which brightness and contrast do not change.
/// </summary>
sealed class Thumbnails
{
    /// <summary>Edge in pixels.</summary>
    public const int Side = 32;

    const int Pixels = Side * Side;

    readonly IReadOnlyList<FlywheelImage> _images;
    readonly byte[] _bytes;
    readonly float[] _mean;
    readonly float[] _norm; // length of the centred picture; 0 flat, NaN not read, −1 unreadable

    public Thumbnails(IReadOnlyList<FlywheelImage> images)
    {
        _images = images;
        _bytes = new byte[(long)images.Count * Pixels];
        _mean = new float[images.Count];
        _norm = new float[images.Count];
        Array.Fill(_norm, float.NaN);
    }

    /// <summary>Files that could not be read so far.</summary>
    public IReadOnlyList<int> Unreadable => [.. Enumerable.Range(0, _norm.Length).Where(i => _norm[i] == -1)];

    /// <summary>Reads the pictures of images that were not read before.</summary>
    public void Read(IEnumerable<int> rows, IReporter reporter, CancellationToken token)
    {
        int[] missing = [.. rows.Distinct().Where(i => float.IsNaN(_norm[i]))];
        if (missing.Length == 0) return;
        using var meter = new ProgressMeter(reporter, "Reading pictures", missing.Length, "images");
        var options = new DecodeOptions { MinSide = Side };
        Parallel.ForEach(missing, new ParallelOptions { CancellationToken = token, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            _norm[i] = ReadOne(i, options);
            meter.Advance();
        });
    }

    float ReadOne(int i, DecodeOptions options)
    {
        if (_images[i].Path.Length == 0) return -1;
        var to = _bytes.AsSpan(i * Pixels, Pixels);
        try
        {
            using var picture = ImageDecoder.DecodeFile(_images[i].Path, options);
            Preprocessor.Resize(picture, Side, Side, 1, to);
        }
        catch (FlywheelException)
        {
            return -1; // the detector of missing files tells
        }
        long sum = 0, squares = 0;
        foreach (var b in to)
        {
            sum += b;
            squares += b * b;
        }
        _mean[i] = sum / (float)Pixels;
        return MathF.Sqrt(Math.Max(0, squares - sum * (float)sum / Pixels));
    }

    /// <summary>Whether the picture was read and shows anything.</summary>
    public bool Has(int i) => _norm[i] > 0;

    /// <summary>Correlation of two pictures that were read, −1..1; 0 where one is flat or unreadable.</summary>
    public double Correlation(int a, int b)
    {
        if (!Has(a) || !Has(b)) return 0;
        var dot = Dot(_bytes.AsSpan(a * Pixels, Pixels), _bytes.AsSpan(b * Pixels, Pixels));
        return Math.Clamp((dot - (double)_mean[a] * _mean[b] * Pixels) / ((double)_norm[a] * _norm[b]), -1, 1);
    }

    /// <summary>Exact: the product of two bytes fits 16 bits, the sum of 1024 of them 32.</summary>
    static uint Dot(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var sum = Vector256<uint>.Zero;
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        for (var p = 0; p < Pixels; p += 32)
        {
            var (x0, x1) = Vector256.Widen(Vector256.LoadUnsafe(ref x, (nuint)p));
            var (y0, y1) = Vector256.Widen(Vector256.LoadUnsafe(ref y, (nuint)p));
            var (low, high) = Vector256.Widen(x0 * y0);
            sum += low + high;
            (low, high) = Vector256.Widen(x1 * y1);
            sum += low + high;
        }
        return Vector256.Sum(sum);
    }

    /// <summary>
    /// Pictures as rows to measure distances between: 16×16 means of four pixels, centred and of length one, so that the squared distance of
    /// two is twice one minus their correlation. Rows of zeros for flat and unreadable ones.
    /// </summary>
    public EmbeddingMatrix Rows()
    {
        const int Half = Side / 2;
        var values = new float[_images.Count * Half * Half];
        Parallel.For(0, _images.Count, i =>
        {
            if (!Has(i)) return;
            var from = _bytes.AsSpan(i * Pixels, Pixels);
            var to = values.AsSpan(i * Half * Half, Half * Half);
            var sum = 0f;
            for (var y = 0; y < Half; y++)
                for (var x = 0; x < Half; x++)
                {
                    var at = 2 * y * Side + 2 * x;
                    sum += to[y * Half + x] = from[at] + from[at + 1] + from[at + Side] + from[at + Side + 1];
                }
            var mean = sum / to.Length;
            var squares = 0f;
            foreach (ref var v in to)
            {
                v -= mean;
                squares += v * v;
            }
            if (squares <= 0) return;
            var scale = 1 / MathF.Sqrt(squares);
            foreach (ref var v in to) v *= scale;
        });
        return new EmbeddingMatrix(values, _images.Count, Half * Half);
    }
}

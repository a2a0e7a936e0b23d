using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flywheel.Imaging;

/// <summary>Separable resampling of interleaved bytes to planar floats.</summary>
static class Resampler
{
    [ThreadStatic] static float[]? t_line;

    /// <summary>Resamples to <paramref name="destination"/>, channels × height × width floats in 0..255.</summary>
    public static void Resample(ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, int channels, int width, int height, Span<float> destination)
    {
        var stride = sourceWidth * channels;
        if (t_line is null || t_line.Length < stride) t_line = new float[Math.Max(stride, 1024)];
        var line = t_line.AsSpan(0, stride);
        var rows = ResampleAxis.Get(sourceHeight, height);
        var columns = ResampleAxis.Get(sourceWidth, width);
        var plane = width * height;
        for (var y = 0; y < height; y++)
        {
            int first = rows.Offset[y], count = rows.Offset[y + 1] - first, row = rows.Start[y];
            for (var k = 0; k < count; k++)
                Accumulate(source.Slice((row + k) * stride, stride), rows.Weights[first + k], line, k == 0);
            var target = destination[(y * width)..];
            if (channels == 1) Horizontal1(line, columns, target[..width]);
            else Horizontal3(line, columns, width, target, plane);
        }
    }

    static void Accumulate(ReadOnlySpan<byte> row, float weight, Span<float> line, bool first)
    {
        ref var src = ref MemoryMarshal.GetReference(row);
        ref var dst = ref MemoryMarshal.GetReference(line);
        var i = 0;
        var floats = Vector<float>.Count;
        var w = new Vector<float>(weight);
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref src, (nuint)i), out Vector<ushort> lo, out var hi);
            Vector.Widen(lo, out Vector<uint> a, out var b);
            Vector.Widen(hi, out Vector<uint> c, out var d);
            Add(a, w, ref Unsafe.Add(ref dst, i), first);
            Add(b, w, ref Unsafe.Add(ref dst, i + floats), first);
            Add(c, w, ref Unsafe.Add(ref dst, i + 2 * floats), first);
            Add(d, w, ref Unsafe.Add(ref dst, i + 3 * floats), first);
        }
        for (; i < row.Length; i++)
        {
            var value = Unsafe.Add(ref src, i) * weight;
            Unsafe.Add(ref dst, i) = first ? value : Unsafe.Add(ref dst, i) + value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(Vector<uint> value, Vector<float> weight, ref float target, bool first)
    {
        var product = Vector.ConvertToSingle(Vector.AsVectorInt32(value)) * weight;
        if (!first) product += Vector.LoadUnsafe(ref target);
        product.StoreUnsafe(ref target);
    }

    static void Horizontal1(ReadOnlySpan<float> line, ResampleAxis axis, Span<float> target)
    {
        var weights = axis.Weights.AsSpan();
        for (var x = 0; x < target.Length; x++)
        {
            int from = axis.Offset[x], n = axis.Offset[x + 1] - from;
            var taps = weights.Slice(from, n);
            var values = line.Slice(axis.Start[x], n);
            var sum = 0f;
            for (var k = 0; k < taps.Length; k++) sum += taps[k] * values[k];
            target[x] = sum;
        }
    }

    static void Horizontal3(ReadOnlySpan<float> line, ResampleAxis axis, int width, Span<float> target, int plane)
    {
        var weights = axis.Weights.AsSpan();
        for (var x = 0; x < width; x++)
        {
            int from = axis.Offset[x], n = axis.Offset[x + 1] - from;
            var taps = weights.Slice(from, n);
            var values = line.Slice(axis.Start[x] * 3, n * 3);
            float r = 0, g = 0, b = 0;
            for (int k = 0, i = 0; k < taps.Length; k++, i += 3)
            {
                r += taps[k] * values[i];
                g += taps[k] * values[i + 1];
                b += taps[k] * values[i + 2];
            }
            target[x] = r;
            target[plane + x] = g;
            target[2 * plane + x] = b;
        }
    }
}

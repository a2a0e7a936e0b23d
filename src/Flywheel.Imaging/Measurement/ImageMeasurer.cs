using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Flywheel.Imaging;

/// <summary>Measures a picture's properties; what each means is told at <see cref="FlywheelImage"/>.</summary>
public static class ImageMeasurer
{
    // Cells that are equal but for rounding count as equal: a hash must not hang on the last bit of a float.
    const float Tie = 1e-3f;

    [ThreadStatic] static Scratch? t_scratch;

    sealed class Scratch
    {
        public readonly int[] Histogram = new int[4 * 256];
        public readonly float[] Hash = new float[9 * 8];
        public byte[] Luma = [];
    }

    /// <summary>
    /// Brightness, contrast and entropy come from the luma histogram; sharpness from the Laplacian at the inner pixels (0 for pictures
    /// under 3×3); the hash from luma averaged over 9×8 cells, bit set where a cell is darker than its right neighbour, first cell highest.
    /// </summary>
    public static ImageMeasurement Measure(PixelImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var scratch = t_scratch ??= new Scratch();
        int w = image.Width, h = image.Height, n = w * h;
        ReadOnlySpan<byte> luma = image.Span;
        var colorfulness = 0.0;
        if (image.Channels == 3)
        {
            if (scratch.Luma.Length < n) scratch.Luma = new byte[n];
            colorfulness = LumaAndColorfulness(image.Span, scratch.Luma.AsSpan(0, n));
            luma = scratch.Luma.AsSpan(0, n);
        }

        Histogram(luma, scratch.Histogram);
        long sum = 0, squares = 0;
        double entropy = 0;
        for (var v = 0; v < 256; v++)
        {
            var count = scratch.Histogram[v];
            if (count == 0) continue;
            sum += (long)count * v;
            squares += (long)count * v * v;
            entropy += count * Math.Log2(count);
        }
        entropy = Math.Max(0, Math.Log2(n) - entropy / n);
        var mean = (double)sum / n;
        // n·Σx² − (Σx)² in 128 bits: exact, so that a flat picture has contrast 0.
        var variance = (double)((Int128)n * squares - (Int128)sum * sum) / ((double)n * n);

        return new ImageMeasurement(w, h, mean / 255, Math.Sqrt(variance) / 255, LaplacianVariance(luma, w, h), entropy, colorfulness, DifferenceHash(luma, w, h, scratch.Hash));
    }

    /// <summary>Counts into four tables in turn, since equal neighbours would wait for each other's increment; then adds them up.</summary>
    static void Histogram(ReadOnlySpan<byte> luma, int[] tables)
    {
        Array.Clear(tables);
        ref var t = ref MemoryMarshal.GetArrayDataReference(tables);
        var quads = MemoryMarshal.Cast<byte, ulong>(luma);
        foreach (var q in quads)
        {
            Unsafe.Add(ref t, (int)(q & 255))++;
            Unsafe.Add(ref t, 256 + (int)(q >> 8 & 255))++;
            Unsafe.Add(ref t, 512 + (int)(q >> 16 & 255))++;
            Unsafe.Add(ref t, 768 + (int)(q >> 24 & 255))++;
            Unsafe.Add(ref t, (int)(q >> 32 & 255))++;
            Unsafe.Add(ref t, 256 + (int)(q >> 40 & 255))++;
            Unsafe.Add(ref t, 512 + (int)(q >> 48 & 255))++;
            Unsafe.Add(ref t, 768 + (int)(q >> 56))++;
        }
        foreach (var v in luma[(quads.Length * 8)..]) tables[v]++;
        for (var v = 0; v < 256; v++) tables[v] += tables[256 + v] + tables[512 + v] + tables[768 + v];
    }

    static double LaplacianVariance(ReadOnlySpan<byte> luma, int w, int h)
    {
        if (w < 3 || h < 3) return 0;
        long sum = 0, squares = 0;
        ref var origin = ref MemoryMarshal.GetReference(luma);
        for (var y = 1; y < h - 1; y++)
        {
            ref var row = ref Unsafe.Add(ref origin, y * w);
            ref var above = ref Unsafe.Subtract(ref row, w);
            ref var below = ref Unsafe.Add(ref row, w);
            var x = 1;
            // 32-bit lanes hold pieces of at most 8,192 pixels: 512 steps of two squares ≤ 1,020² stay below 2^31.
            while (x <= w - 1 - 16)
            {
                var s = Vector256<int>.Zero;
                var q = Vector256<int>.Zero;
                for (var end = Math.Min(w - 1 - 16, x + 8192); x <= end; x += 16)
                {
                    var centre = Widen(ref Unsafe.Add(ref row, x));
                    var l = Vector256.ShiftLeft(centre, 2) - Widen(ref Unsafe.Add(ref row, x - 1)) - Widen(ref Unsafe.Add(ref row, x + 1))
                        - Widen(ref Unsafe.Add(ref above, x)) - Widen(ref Unsafe.Add(ref below, x));
                    var (lo, hi) = Vector256.Widen(l);
                    s += lo + hi;
                    q += lo * lo + hi * hi;
                }
                sum += Vector256.Sum(s);
                var (q0, q1) = Vector256.Widen(q);
                squares += Vector256.Sum(q0 + q1);
            }
            for (; x < w - 1; x++)
            {
                var l = 4 * Unsafe.Add(ref row, x) - Unsafe.Add(ref row, x - 1) - Unsafe.Add(ref row, x + 1) - Unsafe.Add(ref above, x) - Unsafe.Add(ref below, x);
                sum += l;
                squares += (long)l * l;
            }
        }
        long n = (long)(w - 2) * (h - 2);
        return (double)((Int128)n * squares - (Int128)sum * sum) / ((double)n * n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<short> Widen(ref byte at)
    {
        var (lo, hi) = Vector128.Widen(Vector128.LoadUnsafe(ref at));
        return Vector256.Create(lo, hi).AsInt16();
    }

    /// <summary>Hasler and Süsstrunk, "Measuring colourfulness in natural images", SPIE 2003, eq. for M̂3.</summary>
    static double LumaAndColorfulness(ReadOnlySpan<byte> rgb, Span<byte> luma)
    {
        // yb is held doubled (R + G − 2B) so that everything stays in integers.
        long rg = 0, rg2 = 0, yb = 0, yb2 = 0;
        rgb = rgb[..(luma.Length * 3)];
        for (var start = 0; start < luma.Length; start += 2048)
        {
            // 32-bit sums within a block: 2048 · 510² < 2^30.
            int a = 0, a2 = 0, b = 0, b2 = 0;
            var end = Math.Min(luma.Length, start + 2048);
            for (int i = start, j = start * 3; i < end; i++, j += 3)
            {
                int r = rgb[j], g = rgb[j + 1], blue = rgb[j + 2];
                luma[i] = PixelMath.Luma(r, g, blue);
                int d = r - g, e = r + g - 2 * blue;
                a += d;
                a2 += d * d;
                b += e;
                b2 += e * e;
            }
            rg += a;
            rg2 += a2;
            yb += b;
            yb2 += b2;
        }
        double n = luma.Length;
        double meanRg = rg / n, meanYb = yb / n / 2;
        var varRg = Math.Max(0, rg2 / n - meanRg * meanRg);
        var varYb = Math.Max(0, yb2 / n / 4 - meanYb * meanYb);
        return Math.Sqrt(varRg + varYb) + 0.3 * Math.Sqrt(meanRg * meanRg + meanYb * meanYb);
    }

    static ulong DifferenceHash(ReadOnlySpan<byte> luma, int w, int h, Span<float> cells)
    {
        Resampler.Resample(luma, w, h, 1, 9, 8, cells);
        ulong hash = 0;
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < 8; x++)
                hash = hash << 1 | (cells[y * 9 + x + 1] - cells[y * 9 + x] > Tie ? 1u : 0u);
        return hash;
    }
}

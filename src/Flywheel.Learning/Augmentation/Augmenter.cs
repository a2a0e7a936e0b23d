using System.Collections.Concurrent;
using System.Numerics;
using Flywheel.Learning.Data;

namespace Flywheel.Learning.Augmentation;

/// <summary>
/// Draws a varied version of a cached picture at input size, in 0..1 pixels. Its randomness comes from the stream it is given alone, so
/// the result depends neither on threads nor on Torch.
/// </summary>
static class Augmenter
{
    static readonly ConcurrentDictionary<(int Side, int Reduced, bool Cubic), float[]> s_blurs = new();

    public static void Draw(PixelSet set, int index, AugmentationSettings a, SeededRandom random, Span<float> output)
    {
        int width = set.Preprocessing.Width, height = set.Preprocessing.Height, plane = width * height, channels = set.Channels;
        Warp(set.CacheOf(index), set.CacheSize, channels, a, random, output, width, height);
        if (a.ResolutionLoss > 0 && random.NextSingle() < a.ResolutionLoss)
        {
            var reduced = Math.Max(2, (int)Math.Round(width * Lerp(a.ResolutionMin, a.ResolutionMax, random.NextSingle())));
            LoseResolution(output, width, height, channels, reduced, cubic: random.NextSingle() < 0.5f);
        }
        if (a.Gamma > 0) ChangeLight(output, MathF.Exp(Symmetric(random) * a.Gamma));
        if (a.ColorCast > 0 && channels > 1)
        {
            for (var c = 0; c < channels; c++) Scale(output.Slice(c * plane, plane), MathF.Exp(Symmetric(random) * a.ColorCast));
        }
        if (a.Noise > 0 || a.Occlusion > 0) Disturb(output, width, height, channels, a, random);
    }

    static float Symmetric(SeededRandom random) => random.NextSingle() * 2 - 1;

    static float Lerp(float from, float to, float t) => from + (to - from) * t;

    // The same geometry as an affine grid on [-1, 1]² with half-pixel centres, sampled bilinearly, border repeated.
    static void Warp(ReadOnlySpan<byte> source, int side, int channels, AugmentationSettings a, SeededRandom random, Span<float> output, int width, int height)
    {
        var scale = a.CropMin == a.CropMax ? a.CropMin : MathF.Exp(Lerp(MathF.Log(a.CropMin), MathF.Log(a.CropMax), random.NextSingle()));
        var aspect = a.Aspect > 0 ? MathF.Exp(Symmetric(random) * a.Aspect) : 1;
        var angle = a.Rotation > 0 ? Symmetric(random) * a.Rotation * MathF.PI / 180 : 0;
        var mirror = a.Mirror && random.NextSingle() < 0.5f ? -1f : 1f;
        float shiftX = 0, shiftY = 0;
        if (a.Shift > 0)
        {
            var reach = a.Shift + 0.15f * Math.Max(0, 1 - scale);
            shiftX = Symmetric(random) * reach;
            shiftY = Symmetric(random) * reach;
        }
        var (sin, cos) = MathF.SinCos(angle);
        // In source pixels: position = centre + half · (matrix · output + shift) - 1/2.
        var half = side / 2f;
        float xx = half * scale * aspect * cos * mirror, xy = -half * scale * sin;
        float yx = half * scale * sin * mirror, yy = half * scale / aspect * cos;
        float x0 = half + half * shiftX - 0.5f, y0 = half + half * shiftY - 0.5f;
        var plane = side * side;
        var last = side - 1f;
        for (var v = 0; v < height; v++)
        {
            var gv = (2 * v + 1f) / height - 1;
            for (var u = 0; u < width; u++)
            {
                var gu = (2 * u + 1f) / width - 1;
                var x = Math.Clamp(x0 + xx * gu + xy * gv, 0, last);
                var y = Math.Clamp(y0 + yx * gu + yy * gv, 0, last);
                int xi = Math.Min((int)x, side - 2), yi = Math.Min((int)y, side - 2);
                float fx = x - xi, fy = y - yi;
                var at = yi * side + xi;
                for (var c = 0; c < channels; c++, at += plane)
                {
                    float top = source[at] + (source[at + 1] - source[at]) * fx;
                    float bottom = source[at + side] + (source[at + side + 1] - source[at + side]) * fx;
                    output[(c * height + v) * width + u] = (top + (bottom - top) * fy) * (1 / 255f);
                }
            }
        }
    }

    // Reduction by area averaging and enlargement are linear: one matrix per axis does both.
    static void LoseResolution(Span<float> pixels, int width, int height, int channels, int reduced, bool cubic)
    {
        var reducedHeight = width == height ? reduced : Math.Max(2, reduced * height / width);
        var columns = s_blurs.GetOrAdd((width, reduced, cubic), static k => BlurMatrix(k.Side, k.Reduced, k.Cubic));
        var rows = s_blurs.GetOrAdd((height, reducedHeight, cubic), static k => BlurMatrix(k.Side, k.Reduced, k.Cubic));
        var half = new float[width * height];
        for (var c = 0; c < channels; c++)
        {
            var plane = pixels.Slice(c * width * height, width * height);
            for (var y = 0; y < height; y++)
            {
                var line = plane.Slice(y * width, width);
                for (var x = 0; x < width; x++) half[y * width + x] = Dot(columns.AsSpan(x * width, width), line);
            }
            plane.Clear();
            for (var y = 0; y < height; y++)
            {
                var target = plane.Slice(y * width, width);
                for (var k = 0; k < height; k++)
                {
                    var w = rows[y * height + k];
                    if (w != 0) AddScaled(half.AsSpan(k * width, width), w, target);
                }
            }
        }
    }

    static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var i = 0;
        var sums = Vector<float>.Zero;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count) sums += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        var sum = Vector.Sum(sums);
        for (; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    static void AddScaled(ReadOnlySpan<float> source, float weight, Span<float> target)
    {
        var i = 0;
        var w = new Vector<float>(weight);
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(target[i..]) + new Vector<float>(source[i..]) * w).CopyTo(target[i..]);
        for (; i < source.Length; i++) target[i] += source[i] * weight;
    }

    static float[] BlurMatrix(int side, int reduced, bool cubic)
    {
        var down = new float[reduced * side];
        for (var i = 0; i < reduced; i++)
        {
            // Whole pixels, neighbouring cells overlapping where the ratio is not whole: a little softer than exact areas, as cheap cameras are.
            int from = i * side / reduced, to = ((i + 1) * side + reduced - 1) / reduced;
            for (var p = from; p < to; p++) down[i * side + p] = 1f / (to - from);
        }
        var matrix = new float[side * side];
        for (var o = 0; o < side; o++)
        {
            var centre = (o + 0.5f) * reduced / side - 0.5f;
            var left = (int)MathF.Floor(centre);
            var t = centre - left;
            // Keys' cubic convolution with a = -0.75, or linear interpolation; taps outside repeat the border.
            Span<float> taps = cubic ? [Far(1 + t), Near(t), Near(1 - t), Far(2 - t)] : [0, 1 - t, t, 0];
            for (var k = 0; k < 4; k++)
            {
                if (taps[k] == 0) continue;
                var i = Math.Clamp(left - 1 + k, 0, reduced - 1);
                for (var p = 0; p < side; p++) matrix[o * side + p] += taps[k] * down[i * side + p];
            }
        }
        return matrix;

        static float Near(float x) => ((1.25f * x - 2.25f) * x) * x + 1;
        static float Far(float x) => ((-0.75f * x + 3.75f) * x - 6f) * x + 3f;
    }

    static void ChangeLight(Span<float> pixels, float gamma)
    {
        float low = float.MaxValue, high = float.MinValue;
        foreach (var p in pixels)
        {
            low = Math.Min(low, p);
            high = Math.Max(high, p);
        }
        float range = high - low, inverse = 1 / (range + 1e-3f);
        // A table of 1,025 steps with interpolation instead of a power per pixel; the error is far below a grey level.
        Span<float> table = stackalloc float[1026];
        for (var i = 0; i < table.Length; i++) table[i] = MathF.Pow(Math.Max(i / 1024f, 1e-4f), gamma) * range + low;
        for (var i = 0; i < pixels.Length; i++)
        {
            var t = Math.Clamp((pixels[i] - low) * inverse, 0, 1) * 1024;
            var k = (int)t;
            pixels[i] = table[k] + (table[k + 1] - table[k]) * (t - k);
        }
    }

    static void Scale(Span<float> pixels, float gain)
    {
        for (var i = 0; i < pixels.Length; i++) pixels[i] *= gain;
    }

    static void Disturb(Span<float> pixels, int width, int height, int channels, AugmentationSettings a, SeededRandom random)
    {
        double sum = 0, squares = 0;
        foreach (var p in pixels)
        {
            sum += p;
            squares += p * p;
        }
        var mean = sum / pixels.Length;
        var deviation = Math.Sqrt(Math.Max(0, squares / pixels.Length - mean * mean));
        if (a.Noise > 0)
        {
            var strength = random.NextSingle() * a.Noise;
            if (random.NextSingle() < 0.5f && strength > 0)
            {
                var amount = (float)(strength * deviation);
                for (var i = 0; i < pixels.Length; i++) pixels[i] += amount * (float)random.NextGaussian();
            }
        }
        if (a.Occlusion > 0 && random.NextSingle() < a.Occlusion)
        {
            int h = Size(height), w = Size(width), top = random.Next(height - h + 1), left = random.Next(width - w + 1);
            for (var c = 0; c < channels; c++)
                for (var y = top; y < top + h; y++) pixels.Slice((c * height + y) * width + left, w).Fill((float)mean);
        }

        int Size(int side) => side / 6 + random.Next(Math.Max(1, side * 2 / 5 - side / 6 + 1));
    }
}

using SkiaSharp;

namespace Flywheel.Imaging.Samples;

/// <summary>
/// Procedural eyes: seeded drawings with a known truth, for examples and tests that need no download. An eye is labelled closed when
/// its opening is below <see cref="EyeConditions.OpenFrom"/>. The n-th eye of a seed is the same whatever is drawn before it and on
/// however many threads.
/// </summary>
public static class SampleEyes
{
    const int PlantStream = 1 << 20;

    /// <summary>Draws one eye.</summary>
    /// <param name="seed">Names the whole sample.</param>
    /// <param name="stream">Names a set within the sample; sets of different streams share no subject and no picture.</param>
    /// <param name="index">Which picture, from 0.</param>
    /// <param name="subjects">How many people the set shows, at least 1; pictures take them in turn.</param>
    /// <param name="domain">Where the pictures are taken.</param>
    public static SampleEye Draw(int seed, int stream, int index, int subjects, EyeDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentOutOfRangeException.ThrowIfLessThan(subjects, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var r = new SampleRandom(seed, stream * 2, index);
        var number = index % subjects;
        var subject = new EyeSubject(seed, stream * 2 + 1, number, domain);
        var conditions = Choose(subject, $"{domain.Name}-{number + 1:000}", domain, ref r);
        if (domain.Cases.Count > 0) conditions = Plant(conditions, domain.Cases, new SampleRandom(seed, stream * 2 + PlantStream, index));
        return new SampleEye(Render(subject, conditions, domain, ref r), conditions);
    }

    /// <summary>Encodes a picture as PNG.</summary>
    public static unsafe byte[] ToPng(PixelImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        int w = image.Width, h = image.Height;
        if (image.IsGrey)
            fixed (byte* pixels = image.Span)
                return Encode(new SKPixmap(new SKImageInfo(w, h, SKColorType.Gray8, SKAlphaType.Opaque), (nint)pixels));
        var rgba = new byte[w * h * 4];
        var from = image.Span;
        for (int s = 0, d = 0; d < rgba.Length; s += 3, d += 4)
        {
            rgba[d] = from[s];
            rgba[d + 1] = from[s + 1];
            rgba[d + 2] = from[s + 2];
            rgba[d + 3] = 255;
        }
        fixed (byte* pixels = rgba)
            return Encode(new SKPixmap(new SKImageInfo(w, h, SKColorType.Rgba8888, SKAlphaType.Opaque), (nint)pixels));

        static byte[] Encode(SKPixmap map)
        {
            using (map)
            using (var data = map.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub, 4)) ?? throw new InvalidOperationException("The PNG encoder refused the picture."))
                return data.ToArray();
        }
    }

    static EyeConditions Choose(EyeSubject subject, string name, EyeDomain domain, ref SampleRandom r)
    {
        var closed = r.Chance(domain.ClosedShare);
        var half = r.Chance(domain.HalfOpenShare);
        double opening = (closed, half) switch
        {
            (true, false) => r.Chance(0.7) ? 0 : r.Range(0, 0.08),
            (true, true) => r.Range(0.08, EyeConditions.OpenFrom - domain.ThresholdMargin),
            (false, true) => r.Range(EyeConditions.OpenFrom + domain.ThresholdMargin, 0.50),
            (false, false) => r.Range(0.62, 1),
        };
        var light = r.Next();
        var kind = light < domain.DimShare ? "dim"
            : light < domain.DimShare + domain.BacklitShare ? "backlit"
            : light < domain.DimShare + domain.BacklitShare + domain.SideShare ? "side" : "even";
        // People take their glasses off now and then.
        var wears = subject.WearsGlasses && r.Chance(0.9);
        var glare = wears && r.Chance(domain.GlareShare) ? r.Range(0.3 * domain.MaxGlare, domain.MaxGlare) : 0;
        var size = domain.MinSize + r.Below(domain.MaxSize - domain.MinSize + 1);
        return new EyeConditions(name, Math.Round(opening, 3), wears ? subject.ThickFrame ? "thick" : "thin" : "none",
            Math.Round(glare, 3), Math.Round(r.Range(domain.MinBlur, domain.MaxBlur), 3), kind, size);
    }

    // Cases are drawn from a stream of their own: without them, the same picture is the same.
    static EyeConditions Plant(EyeConditions conditions, IReadOnlyList<EyeCase> cases, SampleRandom r)
    {
        var at = r.Next();
        foreach (var planted in cases)
        {
            if (at < planted.Share) return planted.Apply(conditions, ref r);
            at -= (float)planted.Share;
        }
        return conditions;
    }

    [ThreadStatic] static float[]? t_paint;
    [ThreadStatic] static float[]? t_spare;

    static PixelImage Render(EyeSubject subject, EyeConditions conditions, EyeDomain domain, ref SampleRandom r)
    {
        // Small pictures are drawn larger and averaged down, as a lens and a coarse sensor would.
        var size = conditions.Size;
        var factor = size < 48 ? 3 : 1;
        var large = size * factor;
        var length = large * large * 3;
        if (t_paint is null || t_paint.Length < length) t_paint = new float[length];
        if (t_spare is null || t_spare.Length < length) t_spare = new float[length];
        Span<float> paint = t_paint.AsSpan(0, length), spare = t_spare.AsSpan(0, length);
        new EyePainter(subject, conditions, domain, large, spare, ref r).Paint(paint, ref r);
        Blur(paint, spare, large, (float)(conditions.Blur * factor));

        var noise = r.Range(domain.MinNoise, domain.MaxNoise) * conditions.Light switch { "dim" => 1.3f, "night" => 5, _ => 1 };
        var pixels = new byte[size * size * 3];
        var scale = 255f / (factor * factor);
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++)
            {
                var grain = r.Normal() * noise; // sensors see mostly luma noise, a little colour noise
                for (var c = 0; c < 3; c++)
                {
                    var sum = 0f;
                    for (var v = 0; v < factor; v++)
                        for (var u = 0; u < factor; u++)
                            sum += paint[((y * factor + v) * large + x * factor + u) * 3 + c];
                    pixels[(y * size + x) * 3 + c] = (byte)Math.Clamp(sum * scale + grain + r.Normal() * noise * 0.4f + 0.5f, 0, 255);
                }
            }
        return new PixelImage(size, size, 3, pixels);
    }

    /// <summary>Three box blurs, near to a Gaussian (Wells, PAMI 1986), with fractional radius.</summary>
    static void Blur(Span<float> image, Span<float> spare, int size, float sigma)
    {
        // A box of half width h (in pixels, fractional) has variance ((2h)² + …)/12; three of them add up.
        var half = (MathF.Sqrt(4 * sigma * sigma + 1) - 1) / 2;
        if (half < 0.02f) return;
        for (var pass = 0; pass < 3; pass++)
        {
            BoxRows(image, spare, size, half);
            BoxColumns(spare, image, size, half);
        }
    }

    static void BoxRows(ReadOnlySpan<float> from, Span<float> to, int size, float half)
    {
        for (var y = 0; y < size; y++) Box(from[(y * size * 3)..], to[(y * size * 3)..], size, 3, half);
    }

    static void BoxColumns(ReadOnlySpan<float> from, Span<float> to, int size, float half)
    {
        for (var x = 0; x < size; x++) Box(from[(x * 3)..], to[(x * 3)..], size, size * 3, half);
    }

    static void Box(ReadOnlySpan<float> from, Span<float> to, int n, int stride, float half)
    {
        var whole = (int)half;
        var part = half - whole;
        var norm = 1 / (2 * half + 1);
        for (var c = 0; c < 3; c++)
            for (var i = 0; i < n; i++)
            {
                var sum = 0f;
                for (var k = -whole; k <= whole; k++) sum += from[Math.Clamp(i + k, 0, n - 1) * stride + c];
                sum += part * (from[Math.Clamp(i - whole - 1, 0, n - 1) * stride + c] + from[Math.Clamp(i + whole + 1, 0, n - 1) * stride + c]);
                to[i * stride + c] = sum * norm;
            }
    }
}

namespace Flywheel.Imaging;

/// <summary>
/// A change to a model's input, as another camera, distance or light would make it: closer or farther, off centre, turned, coarser,
/// mirrored, darker or brighter, noisier. Works on the input's own pixels in 0..1; the border is repeated outwards.
/// </summary>
public sealed record InputPerturbation
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Visible share of the side: below 1 closer, above 1 farther.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Shift to the right, as a share of the side.</summary>
    public double ShiftX { get; init; }

    /// <summary>Shift downwards, as a share of the side.</summary>
    public double ShiftY { get; init; }

    /// <summary>Degrees, counter-clockwise.</summary>
    public double Angle { get; init; }

    /// <summary>True: left and right changed over.</summary>
    public bool Mirrored { get; init; }

    /// <summary>Side that is left of the resolution, as a share: below 1 coarser.</summary>
    public double Resolution { get; init; } = 1;

    /// <summary>Exponent of the light between the picture's own darkest and brightest pixel: above 1 darker.</summary>
    public double Gamma { get; init; } = 1;

    /// <summary>Deviation of Gaussian noise, in units of the picture's own deviation.</summary>
    public double Noise { get; init; }

    /// <summary>Writes the changed picture.</summary>
    /// <param name="source">Channels × height × width pixels in 0..1.</param>
    /// <param name="channels">Planes.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="destination">As many pixels; not the source.</param>
    /// <param name="seed">Of the noise.</param>
    public void Apply(ReadOnlySpan<float> source, int channels, int height, int width, Span<float> destination, long seed)
    {
        if (Scale != 1 || ShiftX != 0 || ShiftY != 0 || Angle != 0) Warp(source, channels, height, width, destination);
        else source.CopyTo(destination);
        if (Mirrored)
            for (var row = 0; row < channels * height; row++) destination.Slice(row * width, width).Reverse();
        if (Resolution < 1)
            for (var c = 0; c < channels; c++) Coarsen(destination.Slice(c * height * width, height * width), height, width);
        if (Gamma != 1) ChangeLight(destination);
        if (Noise > 0) AddNoise(destination, seed);
    }

    void Warp(ReadOnlySpan<float> source, int channels, int height, int width, Span<float> destination)
    {
        var (sin, cos) = Math.SinCos(Angle * Math.PI / 180);
        double centreX = width / 2.0, centreY = height / 2.0;
        for (var v = 0; v < height; v++)
            for (var u = 0; u < width; u++)
            {
                double dx = (u + 0.5 - centreX) * Scale, dy = (v + 0.5 - centreY) * Scale;
                var x = Math.Clamp(centreX + cos * dx - sin * dy - ShiftX * width - 0.5, 0, width - 1);
                var y = Math.Clamp(centreY + sin * dx + cos * dy - ShiftY * height - 0.5, 0, height - 1);
                int x0 = Math.Min((int)x, Math.Max(0, width - 2)), y0 = Math.Min((int)y, Math.Max(0, height - 2));
                int x1 = Math.Min(x0 + 1, width - 1), y1 = Math.Min(y0 + 1, height - 1);
                float fx = (float)(x - x0), fy = (float)(y - y0);
                for (var c = 0; c < channels; c++)
                {
                    var plane = source.Slice(c * height * width, height * width);
                    var top = plane[y0 * width + x0] + (plane[y0 * width + x1] - plane[y0 * width + x0]) * fx;
                    var bottom = plane[y1 * width + x0] + (plane[y1 * width + x1] - plane[y1 * width + x0]) * fx;
                    destination[(c * height + v) * width + u] = top + (bottom - top) * fy;
                }
            }
    }

    /// <summary>Area averaging down, bilinear up again.</summary>
    void Coarsen(Span<float> plane, int height, int width)
    {
        int h = Math.Max(1, (int)Math.Round(height * Resolution)), w = Math.Max(1, (int)Math.Round(width * Resolution));
        if (h >= height && w >= width) return;
        var small = new float[h * w];
        var areas = new float[h * w];
        // Each pixel is spread over the cells it overlaps.
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                foreach (var (j, a) in Cells(y, h, height))
                    foreach (var (i, b) in Cells(x, w, width))
                    {
                        small[j * w + i] += plane[y * width + x] * a * b;
                        areas[j * w + i] += a * b;
                    }
        for (var i = 0; i < small.Length; i++) small[i] /= areas[i];
        for (var y = 0; y < height; y++)
        {
            var fromY = Math.Clamp((y + 0.5f) * h / height - 0.5f, 0, h - 1);
            int y0 = (int)fromY, y1 = Math.Min(y0 + 1, h - 1);
            for (var x = 0; x < width; x++)
            {
                var fromX = Math.Clamp((x + 0.5f) * w / width - 0.5f, 0, w - 1);
                int x0 = (int)fromX, x1 = Math.Min(x0 + 1, w - 1);
                float fx = fromX - x0, fy = fromY - y0;
                var top = small[y0 * w + x0] + (small[y0 * w + x1] - small[y0 * w + x0]) * fx;
                var bottom = small[y1 * w + x0] + (small[y1 * w + x1] - small[y1 * w + x0]) * fx;
                plane[y * width + x] = top + (bottom - top) * fy;
            }
        }

        static (int Cell, float Share)[] Cells(int at, int cells, int side)
        {
            float low = (float)at * cells / side, high = (float)(at + 1) * cells / side;
            int first = (int)low, last = Math.Min(cells - 1, (int)high);
            if (first == last || high - last < 1e-6f) return [(first, high - low)];
            return [(first, last - low), (last, high - last)];
        }
    }

    void ChangeLight(Span<float> pixels)
    {
        float low = float.MaxValue, high = float.MinValue;
        foreach (var p in pixels) (low, high) = (Math.Min(low, p), Math.Max(high, p));
        var range = high - low;
        if (range <= 0) return;
        for (var i = 0; i < pixels.Length; i++) pixels[i] = low + range * MathF.Pow((pixels[i] - low) / range, (float)Gamma);
    }

    void AddNoise(Span<float> pixels, long seed)
    {
        double sum = 0, squares = 0;
        foreach (var p in pixels)
        {
            sum += p;
            squares += (double)p * p;
        }
        var mean = sum / pixels.Length;
        var deviation = Math.Sqrt(Math.Max(0, squares / pixels.Length - mean * mean));
        var random = new SeededRandom(seed);
        for (var i = 0; i < pixels.Length; i++) pixels[i] = Math.Clamp((float)(pixels[i] + Noise * deviation * random.NextGaussian()), 0, 1);
    }
}

namespace Flywheel.Imaging;

/// <summary>
/// The edges of a small grey picture as numbers: histograms of oriented gradients (Dalal and Triggs, CVPR 2005) with 9 directions, square cells of a quarter
/// of the side and blocks of 2×2 cells, normalised with clipping at 0.2. Indifferent to brightness and contrast; needs no model.
/// </summary>
public static class GradientHistogram
{
    const int Directions = 9, Cells = 4;

    /// <summary>Numbers per picture.</summary>
    public const int Length = (Cells - 1) * (Cells - 1) * 4 * Directions;

    /// <summary>The numbers of one picture.</summary>
    /// <param name="pixels">width × height bytes, row by row.</param>
    /// <param name="width">At least 8.</param>
    /// <param name="height">At least 8.</param>
    public static float[] Of(ReadOnlySpan<byte> pixels, int width, int height)
    {
        if (width < 8 || height < 8 || pixels.Length != width * height) throw new ArgumentException($"{pixels.Length} bytes are no picture of {width}×{height} pixels with at least 8 a side.", nameof(pixels));
        var cells = new float[Cells * Cells * Directions];
        for (var y = 1; y < height - 1; y++)
        {
            for (var x = 1; x < width - 1; x++)
            {
                float gx = pixels[y * width + x + 1] - pixels[y * width + x - 1], gy = pixels[(y + 1) * width + x] - pixels[(y - 1) * width + x];
                var strength = MathF.Sqrt(gx * gx + gy * gy);
                if (strength == 0) continue;
                var angle = MathF.Atan2(gy, gx) / MathF.PI;
                if (angle < 0) angle += 1;
                var at = angle * Directions;
                int first = (int)at % Directions, second = (first + 1) % Directions;
                var part = at - MathF.Floor(at);
                var cell = (y * Cells / height * Cells + x * Cells / width) * Directions;
                cells[cell + first] += strength * (1 - part);
                cells[cell + second] += strength * part;
            }
        }
        var result = new float[Length];
        var to = 0;
        for (var y = 0; y + 1 < Cells; y++)
        {
            for (var x = 0; x + 1 < Cells; x++)
            {
                var block = result.AsSpan(to, 4 * Directions);
                for (var k = 0; k < 4; k++) cells.AsSpan(((y + k / 2) * Cells + x + k % 2) * Directions, Directions).CopyTo(block[(k * Directions)..]);
                Normalise(block, width * height / 16f);
                foreach (ref var v in block) v = Math.Min(v, 0.2f);
                Normalise(block, 1e-3f);
                to += 4 * Directions;
            }
        }
        return result;

        static void Normalise(Span<float> block, float floor)
        {
            float sum = floor * floor;
            foreach (var v in block) sum += v * v;
            var by = 1 / MathF.Sqrt(sum);
            foreach (ref var v in block) v *= by;
        }
    }
}

namespace Flywheel.Imaging;

/// <summary>Makes variations of a model's input tensor. All are weighted means of input values, so it does not matter whether the input is normalised.</summary>
public static class InputViews
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<InputView> All { get; } = Enum.GetValues<InputView>();

    /// <summary>Writes one variation.</summary>
    /// <param name="input">One image, channels × height × width.</param>
    /// <param name="preprocessing">Its shape.</param>
    /// <param name="view">Which variation.</param>
    /// <param name="output">As long as <paramref name="input"/>; another place.</param>
    public static void Write(ReadOnlySpan<float> input, ImagePreprocessing preprocessing, InputView view, Span<float> output)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        int width = preprocessing.Width, height = preprocessing.Height, plane = width * height;
        for (var channel = 0; channel < preprocessing.Channels; channel++)
        {
            var from = input.Slice(channel * plane, plane);
            var to = output.Slice(channel * plane, plane);
            switch (view)
            {
                case InputView.Mirrored:
                    from.CopyTo(to);
                    for (var y = 0; y < height; y++) to.Slice(y * width, width).Reverse();
                    break;
                case InputView.Nearer or InputView.Farther:
                    var scale = view == InputView.Nearer ? 0.88f : 1.12f;
                    Resample(from, width, height, to, width, height, scale);
                    break;
                case InputView.Coarse:
                    int w = Math.Max(1, width / 2), h = Math.Max(1, height / 2);
                    var small = new float[w * h];
                    Shrink(from, width, height, small, w, h);
                    Resample(small, w, h, to, width, height, 1);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(view), view, "No such variation.");
            }
        }
    }

    /// <summary>Bilinear; what lies outside is the border drawn out.</summary>
    static void Resample(ReadOnlySpan<float> from, int fromWidth, int fromHeight, Span<float> to, int width, int height, float scale)
    {
        for (var y = 0; y < height; y++)
        {
            var v = Place(y, height, fromHeight, scale);
            int y0 = (int)v, y1 = Math.Min(y0 + 1, fromHeight - 1);
            for (var x = 0; x < width; x++)
            {
                var u = Place(x, width, fromWidth, scale);
                int x0 = (int)u, x1 = Math.Min(x0 + 1, fromWidth - 1);
                float fx = u - x0, fy = v - y0;
                to[y * width + x] = (1 - fy) * ((1 - fx) * from[y0 * fromWidth + x0] + fx * from[y0 * fromWidth + x1]) + fy * ((1 - fx) * from[y1 * fromWidth + x0] + fx * from[y1 * fromWidth + x1]);
            }
        }

        static float Place(int at, int length, int fromLength, float scale) =>
            Math.Clamp(((at + 0.5f - length / 2f) * scale / length + 0.5f) * fromLength - 0.5f, 0, fromLength - 1);
    }

    /// <summary>Means of blocks.</summary>
    static void Shrink(ReadOnlySpan<float> from, int width, int height, Span<float> to, int w, int h)
    {
        for (var y = 0; y < h; y++)
            for (var x = 0; x < w; x++)
            {
                int left = x * width / w, right = (x + 1) * width / w, top = y * height / h, bottom = (y + 1) * height / h;
                var sum = 0f;
                for (var v = top; v < bottom; v++)
                    for (var u = left; u < right; u++) sum += from[v * width + u];
                to[y * w + x] = sum / ((right - left) * (bottom - top));
            }
    }
}

namespace Flywheel.Imaging;

/// <summary>
/// The one path by which a picture becomes model input, in training and in inference. Resizing rounds to bytes, so that a cached
/// byte picture (<c>Resize</c>) and a direct <see cref="Fill(PixelImage, ImagePreprocessing, Span{float})"/> give bit-identical tensors.
/// </summary>
public static class Preprocessor
{
    [ThreadStatic] static float[]? t_resampled;
    [ThreadStatic] static byte[]? t_luma;
    [ThreadStatic] static byte[]? t_bytes;

    /// <summary>Writes one image's tensor.</summary>
    /// <param name="image">The decoded picture.</param>
    /// <param name="spec">Size, channels, normalisation.</param>
    /// <param name="destination">Receives <see cref="ImagePreprocessing.Length"/> floats, channels × height × width.</param>
    public static void Fill(PixelImage image, ImagePreprocessing spec, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (t_bytes is null || t_bytes.Length < spec.Length) t_bytes = new byte[spec.Length];
        var bytes = t_bytes.AsSpan(0, spec.Length);
        Resize(image, spec.Width, spec.Height, spec.Channels, bytes);
        Normalise(bytes, spec, destination);
    }

    /// <summary>Turns a resized byte picture into the tensor: x/255, minus mean, over standard deviation.</summary>
    /// <param name="resized">Channels × height × width bytes, from <c>Resize</c>.</param>
    /// <param name="spec">The same specification.</param>
    /// <param name="destination">Receives as many floats.</param>
    public static void Normalise(ReadOnlySpan<byte> resized, ImagePreprocessing spec, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var plane = spec.Width * spec.Height;
        Span<float> table = stackalloc float[256];
        for (var c = 0; c < spec.Channels; c++)
        {
            float mean = spec.Mean[c], std = spec.Std[c];
            for (var v = 0; v < 256; v++) table[v] = (v / 255f - mean) / std;
            var from = resized.Slice(c * plane, plane);
            var to = destination.Slice(c * plane, plane);
            for (var i = 0; i < from.Length; i++) to[i] = table[from[i]];
        }
    }

    /// <summary>Resizes to planar bytes: area averaging on an axis that shrinks, bilinear on one that grows.</summary>
    /// <param name="image">The decoded picture.</param>
    /// <param name="width">Target width in pixels.</param>
    /// <param name="height">Target height in pixels.</param>
    /// <param name="channels">1 (luma) or 3 (RGB; a grey picture fills all three).</param>
    /// <returns>Channels × height × width bytes.</returns>
    public static byte[] Resize(PixelImage image, int width, int height, int channels)
    {
        var bytes = new byte[checked(width * height * channels)];
        Resize(image, width, height, channels, bytes);
        return bytes;
    }

    /// <summary>As the other overload, into a given buffer of channels × height × width bytes.</summary>
    public static void Resize(PixelImage image, int width, int height, int channels, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3)) throw new ArgumentOutOfRangeException(nameof(channels), channels, "Channels are 1 (luma) or 3 (RGB).");
        var plane = width * height;
        ReadOnlySpan<byte> source = image.Span;
        var sourceChannels = image.Channels;
        if (channels == 1 && sourceChannels == 3)
        {
            var n = image.Width * image.Height;
            if (t_luma is null || t_luma.Length < n) t_luma = new byte[n];
            image.CopyLuma(t_luma);
            source = t_luma.AsSpan(0, n);
            sourceChannels = 1;
        }
        var length = plane * sourceChannels;
        if (image.Width == width && image.Height == height && sourceChannels == 1)
        {
            source.CopyTo(destination);
        }
        else
        {
            if (t_resampled is null || t_resampled.Length < length) t_resampled = new float[length];
            var values = t_resampled.AsSpan(0, length);
            Resampler.Resample(source, image.Width, image.Height, sourceChannels, width, height, values);
            PixelMath.RoundToBytes(values, destination);
        }
        if (channels == 3 && sourceChannels == 1)
        {
            destination[..plane].CopyTo(destination[plane..]);
            destination[..plane].CopyTo(destination[(2 * plane)..]);
        }
    }
}

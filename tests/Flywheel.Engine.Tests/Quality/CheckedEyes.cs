using Flywheel.Imaging;
using Flywheel.Imaging.Samples;

namespace Flywheel.Engine.Tests.Quality;

/// <summary>Drawn eyes with problems planted among them.</summary>
static class CheckedEyes
{
    public static PixelImage Draw(int index, int seed = 5) => SampleEyes.Draw(seed, 0, index, 25, EyeDomain.Lab).Image;

    public static byte[] Png(PixelImage image) => SampleEyes.ToPng(image);

    /// <summary>Eyes that have no problem, labelled in turn, five of a subject.</summary>
    public static List<(string Path, string? Label, Dictionary<string, string>? Tags)> Write(TemporaryWorkspace at, string folder, int count, int first = 0) =>
        [.. Enumerable.Range(first, count).Select(i =>
        {
            using var eye = Draw(i);
            return (at.Write($"{folder}/{i:0000}.png", Png(eye)), i * 7 % 10 < 5 ? "open" : "closed", (Dictionary<string, string>?)new() { ["subject"] = $"s{i % 25}" });
        })];

    /// <summary>A picture of another one: every byte of it changed.</summary>
    public static PixelImage Changed(PixelImage of, Func<byte, int, double> change)
    {
        var pixels = of.Span.ToArray();
        return new PixelImage(of.Width, of.Height, of.Channels, [.. pixels.Select((b, i) => (byte)Math.Clamp(Math.Round(change(b, i)), 0, 255))]);
    }

    public static PixelImage Noisy(PixelImage of, int seed)
    {
        var random = new SeededRandom(seed);
        return Changed(of, (b, _) => b + 2 * random.NextGaussian());
    }

    public static PixelImage Resized(PixelImage of, int width, int height) => new(width, height, of.Channels, Interleaved(Preprocessor.Resize(of, width, height, of.Channels), width * height, of.Channels));

    /// <summary>Down to a few pixels and up again.</summary>
    public static PixelImage Blurred(PixelImage of, int side)
    {
        using var small = Resized(of, side, side);
        return Resized(small, of.Width, of.Height);
    }

    static byte[] Interleaved(byte[] planar, int plane, int channels)
    {
        if (channels == 1) return planar;
        var pixels = new byte[planar.Length];
        for (var i = 0; i < plane; i++)
            for (var c = 0; c < channels; c++) pixels[i * channels + c] = planar[c * plane + i];
        return pixels;
    }
}

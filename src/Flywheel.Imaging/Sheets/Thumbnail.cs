using SkiaSharp;

namespace Flywheel.Imaging;

/// <summary>Small pictures for pages.</summary>
public static class Thumbnail
{
    /// <summary>
    /// The upright picture as PNG, shrunk by area averaging so that its longer side is at most <paramref name="maxSide"/> pixels;
    /// smaller pictures keep their size. The file's metadata (place, camera) stay behind.
    /// </summary>
    /// <exception cref="FlywheelException">The file cannot be read or decoded.</exception>
    public static byte[] ToPng(string path, int maxSide = 96)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide, 1);
        using var image = ImageDecoder.DecodeFile(path, new DecodeOptions { MinSide = maxSide });
        var scale = Math.Min(1.0, (double)maxSide / Math.Max(image.Width, image.Height));
        int width = Math.Max(1, (int)Math.Round(image.Width * scale)), height = Math.Max(1, (int)Math.Round(image.Height * scale));
        // Grey pictures are stored grey: a third of the bytes.
        var planar = Preprocessor.Resize(image, width, height, image.IsGrey ? 1 : 3);
        var pixels = image.IsGrey ? planar : new byte[width * height * 4];
        if (!image.IsGrey)
        {
            var plane = width * height;
            for (var i = 0; i < plane; i++)
            {
                for (var c = 0; c < 3; c++) pixels[i * 4 + c] = planar[c * plane + i];
                pixels[i * 4 + 3] = 255;
            }
        }
        using var picture = SKImage.FromPixelCopy(new SKImageInfo(width, height, image.IsGrey ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque), pixels);
        using var data = picture.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}

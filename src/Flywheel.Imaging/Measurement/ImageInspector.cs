using System.Security.Cryptography;

namespace Flywheel.Imaging;

/// <summary>Reads a file once: hashes, decodes and measures it.</summary>
public static class ImageInspector
{
    /// <summary>Inspects one file. Safe to call from many threads.</summary>
    /// <exception cref="FlywheelException">As <see cref="ImageDecoder.DecodeFile"/>.</exception>
    public static ImageInspection Inspect(string path, DecodeOptions? options = null)
    {
        using var file = FileBytes.Read(path, options ?? DecodeOptions.Default);
        var bytes = file.Span;
        using var image = ImageDecoder.Decode(bytes, path, options);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return new ImageInspection(Convert.ToHexStringLower(hash), image.Format, bytes.Length, file.ModifiedTicks, ImageMeasurer.Measure(image));
    }
}

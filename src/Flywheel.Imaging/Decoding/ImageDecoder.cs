namespace Flywheel.Imaging;

/// <summary>
/// Decodes PNG, JPEG, WebP, BMP and the first frame of GIF into upright 8-bit luma or RGB. Sixteen-bit samples keep their high byte,
/// transparency is composited on white, EXIF orientation is applied, and a picture without colour comes back with one channel.
/// Files are untrusted: size and pixel limits are checked from the header before a decoder runs, and a picture that ends early is an error.
/// </summary>
public static class ImageDecoder
{
    /// <summary>Decodes a file.</summary>
    /// <exception cref="FlywheelException">
    /// <c>ImageUnreadable</c> (the file cannot be read), <c>ImageEmpty</c>, <c>ImageFormatUnknown</c>, <c>ImageCorrupt</c>, <c>ImageTooLarge</c>; the target is the path.
    /// </exception>
    public static PixelImage DecodeFile(string path, DecodeOptions? options = null)
    {
        using var file = FileBytes.Read(path, options ?? DecodeOptions.Default);
        return Decode(file.Span, path, options);
    }

    /// <summary>Decodes bytes in memory.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="options">Limits and hints.</param>
    /// <exception cref="FlywheelException">
    /// <c>ImageEmpty</c>, <c>ImageFormatUnknown</c>, <c>ImageCorrupt</c>, <c>ImageTooLarge</c>; the target is the path.
    /// </exception>
    public static PixelImage Decode(ReadOnlySpan<byte> bytes, string path, DecodeOptions? options = null)
    {
        options ??= DecodeOptions.Default;
        var header = ReadHeader(bytes, path, options);
        return (header.Format == "png" ? PngDecoder.TryDecode(bytes, header) : null) ?? SkiaDecoder.Decode(bytes, path, header, options);
    }

    /// <summary>True if the file's extension is one the format is known by (or the file has none).</summary>
    /// <param name="path">The file's name.</param>
    /// <param name="format">The format its bytes have: png, jpeg, webp, bmp, gif.</param>
    public static bool ExtensionMatches(string path, string format)
    {
        var extension = Path.GetExtension(path);
        if (extension.Length == 0) return true;
        return format switch
        {
            "jpeg" => Is(".jpg") || Is(".jpeg") || Is(".jpe") || Is(".jfif"),
            "png" => Is(".png"),
            "webp" => Is(".webp"),
            "bmp" => Is(".bmp") || Is(".dib"),
            "gif" => Is(".gif"),
            _ => false,
        };

        bool Is(string known) => extension.Equals(known, StringComparison.OrdinalIgnoreCase);
    }

    static ImageHeader ReadHeader(ReadOnlySpan<byte> bytes, string path, DecodeOptions options)
    {
        if (bytes.IsEmpty) throw ImageFaults.Empty(path);
        if (bytes.Length > options.MaxBytes) throw ImageFaults.TooManyBytes(path, bytes.Length, options.MaxBytes);
        var format = ImageHeader.Sniff(bytes) ?? throw ImageFaults.FormatUnknown(path);
        if (!ImageHeader.TryRead(format, bytes, out var header)) throw ImageFaults.Corrupt(path, format, "its header ends early or makes no sense");
        ImageFaults.ThrowIfTooLarge(path, header.Width, header.Height, options.MaxPixels);
        if (header.Progressive && !ImageHeader.JpegHasEnd(bytes)) throw ImageFaults.Corrupt(path, format, "it ends before the picture is complete");
        return header;
    }
}

using System.Globalization;

namespace Flywheel.Imaging;

/// <summary>The faults of image files, worded in one place.</summary>
static class ImageFaults
{
    public static FlywheelException Empty(string path) => new("ImageEmpty", FaultCategory.InvalidData,
        $"The image file '{path}' is empty (0 bytes).", path, "Copy or download it again, or remove it.");

    public static FlywheelException FormatUnknown(string path) => new("ImageFormatUnknown", FaultCategory.InvalidData,
        $"The file '{path}' is not an image of a known format.", path, "Supported are PNG, JPEG, WebP, BMP and GIF, whatever the extension. Convert the file or leave it out.");

    public static FlywheelException Corrupt(string path, string format, string reason) => new("ImageCorrupt", FaultCategory.InvalidData,
        $"The {format} file '{path}' cannot be decoded: {reason}.", path, "Copy or download it again, or remove it.");

    public static FlywheelException Unreadable(string path, Exception cause) => new("ImageUnreadable", FaultCategory.ReadError,
        $"The image file '{path}' cannot be read: {cause.Message}", path, "Check that the file exists and that you may read it.", inner: cause);

    public static FlywheelException TooManyBytes(string path, long bytes, long limit) => new("ImageTooLarge", FaultCategory.LimitsExceeded,
        string.Create(CultureInfo.InvariantCulture, $"The image file '{path}' has {bytes:N0} bytes; the limit is {limit:N0}."), path, "Scale the picture down, or raise the limit if you trust the file.");

    public static void ThrowIfTooLarge(string path, long width, long height, long limit)
    {
        // Header fields are at most 32 bits each, so the product may pass 63 bits: compare without multiplying first.
        if (width <= limit / height && width <= int.MaxValue / 4 / height) return;
        var pixels = (decimal)width * height;
        throw new FlywheelException("ImageTooLarge", FaultCategory.LimitsExceeded,
            string.Create(CultureInfo.InvariantCulture, $"The image '{path}' has {pixels:N0} pixels ({width}×{height}); the limit is {Math.Min(limit, int.MaxValue / 4):N0}."), path,
            "Scale the picture down, or raise the limit if you trust the file.");
    }
}

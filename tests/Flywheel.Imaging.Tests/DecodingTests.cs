using System.Buffers.Binary;

namespace Flywheel.Imaging.Tests;

public sealed class DecodingTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-imaging-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    public static TheoryData<string> AllFiles => [.. Reference.Files.Keys];

    string Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    static FlywheelException Refused(string path, DecodeOptions? options = null) => Assert.Throws<FlywheelException>(() => ImageDecoder.DecodeFile(path, options).Dispose());

    [Theory]
    [MemberData(nameof(AllFiles))]
    public void A_picture_decodes_to_the_pixels_Pillow_sees(string name)
    {
        var truth = Reference.Files[name];
        using var image = ImageDecoder.DecodeFile(Reference.Path(name));

        Assert.Equal((truth.Format, truth.Width, truth.Height, truth.Channels), (image.Format, image.Width, image.Height, image.Channels));
        var expected = Convert.FromBase64String(truth.Pixels);
        var worst = 0;
        for (var i = 0; i < expected.Length; i++) worst = Math.Max(worst, Math.Abs(expected[i] - image.Span[i]));
        Assert.InRange(worst, 0, truth.Tolerance);
    }

    [Theory]
    [InlineData("rgb.png", 0.3), InlineData("rgb.png", 0.6), InlineData("rgb.png", 0.95)]
    [InlineData("grey.png", 0.5), InlineData("grey.png", 0.95)]
    [InlineData("grey16.png", 0.8), InlineData("palette.png", 0.9)]
    [InlineData("rgb.jpg", 0.02), InlineData("rgb.jpg", 0.5), InlineData("rgb.jpg", 0.9), InlineData("grey.jpg", 0.7), InlineData("progressive.jpg", 0.5)]
    [InlineData("lossless.webp", 0.5), InlineData("lossy.webp", 0.5), InlineData("lossy.webp", 0.95)]
    [InlineData("rgb.bmp", 0.5), InlineData("grey.bmp", 0.9), InlineData("two-frames.gif", 0.2)]
    [InlineData("rgb.png", 0.006), InlineData("two-frames.gif", 0.003), InlineData("rgb.bmp", 0.007), InlineData("lossy.webp", 0.004)]
    public void A_file_that_ends_early_is_an_error_not_half_a_picture(string name, double keep)
    {
        var bytes = File.ReadAllBytes(Reference.Path(name));
        var path = Write(name, bytes.AsSpan(0, (int)(bytes.Length * keep)));

        var fault = Refused(path);

        Assert.Equal("ImageCorrupt", fault.ErrorId);
        Assert.Equal(FaultCategory.InvalidData, fault.Category);
        Assert.Equal(path, fault.Target);
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_byte_in_a_PNGs_pixels_is_noticed()
    {
        var bytes = File.ReadAllBytes(Reference.Path("rgb.png"));
        bytes[bytes.Length / 2] ^= 0x55;

        Assert.Equal("ImageCorrupt", Refused(Write("damaged.png", bytes)).ErrorId);
    }

    [Fact]
    public void An_empty_file_is_called_empty() => Assert.Equal("ImageEmpty", Refused(Write("empty.png", [])).ErrorId);

    [Theory]
    [InlineData("notes.png", "these are notes, not a picture")]
    [InlineData("tale.bmp", "BMW is a maker of cars, and this is a text about it.")]
    [InlineData("short.jpg", "x")]
    public void A_text_is_not_an_image_whatever_its_name(string name, string text)
    {
        var fault = Refused(Write(name, System.Text.Encoding.UTF8.GetBytes(text)));

        Assert.Equal("ImageFormatUnknown", fault.ErrorId);
        Assert.Contains("PNG, JPEG, WebP, BMP and GIF", fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_unreadable()
    {
        Assert.Equal("ImageUnreadable", Refused(Path.Combine(_folder, "none.png")).ErrorId);
        Assert.Equal("ImageUnreadable", Refused(_folder).ErrorId);
    }

    static byte[] PngHeader(uint width, uint height)
    {
        var bytes = File.ReadAllBytes(Reference.Path("grey.png")).AsSpan(0, 60).ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(16), width);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(20), height);
        return bytes;
    }

    [Fact]
    public void A_bomb_is_refused_by_its_header_before_memory_is_spent()
    {
        var path = Write("bomb.png", PngHeader(20_000, 20_000));
        Refused(path);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fault = Refused(path);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Equal(("ImageTooLarge", FaultCategory.LimitsExceeded), (fault.ErrorId, fault.Category));
        Assert.Contains("400,000,000", fault.Message, StringComparison.Ordinal);
        Assert.Contains("50,000,000", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_overflows_is_too_large() =>
        Assert.Equal("ImageTooLarge", Refused(Write("huge.png", PngHeader(uint.MaxValue, uint.MaxValue))).ErrorId);

    [Theory]
    [InlineData("rgb.bmp"), InlineData("two-frames.gif"), InlineData("rgb.jpg"), InlineData("lossless.webp"), InlineData("lossy.webp"), InlineData("rgb.png")]
    public void The_pixel_limit_holds_for_every_format_at_the_exact_size(string name)
    {
        var truth = Reference.Files[name];
        var pixels = truth.Width * truth.Height;
        ImageDecoder.DecodeFile(Reference.Path(name), new DecodeOptions { MaxPixels = pixels }).Dispose();

        Assert.Equal("ImageTooLarge", Refused(Reference.Path(name), new DecodeOptions { MaxPixels = pixels - 1 }).ErrorId);
    }

    [Fact]
    public void The_byte_limit_is_checked_before_reading()
    {
        var length = new FileInfo(Reference.Path("rgb.png")).Length;

        var fault = Refused(Reference.Path("rgb.png"), new DecodeOptions { MaxBytes = length - 1 });

        Assert.Equal("ImageTooLarge", fault.ErrorId);
        ImageDecoder.DecodeFile(Reference.Path("rgb.png"), new DecodeOptions { MaxBytes = length }).Dispose();
    }

    [Fact]
    public void A_wrongly_named_file_decodes_and_its_true_format_is_told()
    {
        var path = Write("really-a-png.jpg", File.ReadAllBytes(Reference.Path("rgb.png")));

        using var image = ImageDecoder.DecodeFile(path);

        Assert.Equal("png", image.Format);
        Assert.False(ImageDecoder.ExtensionMatches(path, image.Format));
        Assert.True(ImageDecoder.ExtensionMatches("a.JPEG", "jpeg"));
        Assert.True(ImageDecoder.ExtensionMatches("no-extension", "gif"));
    }

    [Theory]
    [InlineData(20, 28, 21), InlineData(48, 64, 48), InlineData(49, 80, 60), InlineData(96, 128, 96), InlineData(500, 128, 96)]
    public void A_JPEG_may_come_smaller_but_never_under_the_wished_side(int minSide, int width, int height)
    {
        using var image = ImageDecoder.DecodeFile(Reference.Path("rgb.jpg"), new DecodeOptions { MinSide = minSide });

        Assert.True(Math.Min(image.Width, image.Height) >= Math.Min(minSide, 96));
        Assert.InRange(image.Width, width - 16, width + 16);
        Assert.InRange(image.Height, height - 12, height + 12);
    }

    [Fact]
    public void Inspecting_a_file_hashes_its_bytes()
    {
        var inspected = ImageInspector.Inspect(Reference.Path("rgb.png"));

        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Reference.Path("rgb.png")))), inspected.Id);
        Assert.Equal(new FileInfo(Reference.Path("rgb.png")).Length, inspected.Bytes);
        Assert.Equal(File.GetLastWriteTimeUtc(Reference.Path("rgb.png")).Ticks, inspected.ModifiedTicks);
        Assert.Equal((37, 29, "png"), (inspected.Measurement.Width, inspected.Measurement.Height, inspected.Format));
    }

    [Fact]
    public void Cutting_a_file_anywhere_never_crashes_and_never_leaves_the_known_errors()
    {
        foreach (var name in new[] { "grey.png", "orientation-6.jpg", "lossless.webp", "two-frames.gif", "grey.bmp" })
        {
            var bytes = File.ReadAllBytes(Reference.Path(name));
            for (var n = 1; n < bytes.Length; n += 1 + bytes.Length / 150)
                try
                {
                    ImageDecoder.Decode(bytes.AsSpan(0, n), name).Dispose();
                }
                catch (FlywheelException e)
                {
                    Assert.Contains(e.ErrorId, new[] { "ImageCorrupt", "ImageFormatUnknown" });
                }
        }
    }

    [Fact]
    public void Flipping_bytes_anywhere_never_crashes_and_never_leaves_the_known_errors()
    {
        var random = new Random(7);
        foreach (var name in new[] { "rgb.png", "palette.png", "orientation-6.jpg", "progressive.jpg", "lossless.webp", "lossy.webp", "two-frames.gif", "rgb.bmp" })
        {
            var original = File.ReadAllBytes(Reference.Path(name));
            for (var n = 0; n < 150; n++)
            {
                var bytes = original.ToArray();
                for (var k = 0; k < 3; k++) bytes[random.Next(Math.Min(bytes.Length, n % 2 == 0 ? 64 : bytes.Length))] = (byte)random.Next(256);
                try
                {
                    ImageDecoder.Decode(bytes, name).Dispose();
                }
                catch (FlywheelException e)
                {
                    Assert.Contains(e.ErrorId, new[] { "ImageCorrupt", "ImageFormatUnknown", "ImageTooLarge" });
                }
            }
        }
    }
}

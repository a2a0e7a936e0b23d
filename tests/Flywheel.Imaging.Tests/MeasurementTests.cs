using System.Globalization;

namespace Flywheel.Imaging.Tests;

public sealed class MeasurementTests
{
    public static TheoryData<string> Measured => [.. Reference.Files.Where(f => f.Value.Measured is not null).Select(f => f.Key)];

    [Theory]
    [MemberData(nameof(Measured))]
    public void Properties_equal_those_of_numpy(string name)
    {
        var expected = Reference.Files[name].Measured!;
        using var image = ImageDecoder.DecodeFile(Reference.Path(name));

        var m = ImageMeasurer.Measure(image);

        Assert.Equal(expected.Brightness, m.Brightness, 1e-9);
        Assert.Equal(expected.Contrast, m.Contrast, 1e-9);
        Assert.Equal(expected.Sharpness, m.Sharpness, 1e-6 * Math.Max(1, expected.Sharpness));
        Assert.Equal(expected.Entropy, m.Entropy, 1e-9);
        Assert.Equal(expected.Colorfulness, m.Colorfulness, 1e-9 * Math.Max(1, expected.Colorfulness));
        Assert.Equal(expected.Hash, m.PerceptualHash.ToString("b64", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_tiny_picture_has_no_sharpness_and_no_contrast()
    {
        var m = ImageMeasurer.Measure(new PixelImage(1, 1, 1, [128]));

        Assert.Equal((0.0, 0.0, 0.0), (m.Sharpness, m.Contrast, m.Entropy));
        Assert.Equal(128 / 255.0, m.Brightness, 1e-12);
    }

    [Fact]
    public void The_sums_hold_for_a_wide_picture_of_extremes()
    {
        // The hardest pattern for narrow sums: a checkerboard, whose Laplacian is ±1020 everywhere.
        const int width = 40_000, height = 5;
        var pixels = new byte[width * height];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)((i % width + i / width) % 2 * 255);

        var m = ImageMeasurer.Measure(new PixelImage(width, height, 1, pixels));

        Assert.Equal(1020.0 * 1020, m.Sharpness, 1.0);
        Assert.Equal(0.5, m.Contrast, 1e-6);
        Assert.Equal(1, m.Entropy, 1e-6);
    }

    [Fact]
    public void Measuring_again_takes_no_memory()
    {
        using var image = ImageDecoder.DecodeFile(Reference.Path("rgb.png"));
        ImageMeasurer.Measure(image);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 50; i++) ImageMeasurer.Measure(image);

        // The runtime itself may take a few bytes once, when it recompiles; a buffer per picture would be far more.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50 * 32);
    }

    [Fact]
    public void Near_identical_pictures_have_near_hashes_and_different_ones_do_not()
    {
        using var image = ImageDecoder.DecodeFile(Reference.Path("wide.png"));
        using var other = ImageDecoder.DecodeFile(Reference.Path("rgb.jpg"));
        var brighter = image.Span.ToArray();
        for (var i = 0; i < brighter.Length; i++) brighter[i] = (byte)Math.Min(255, brighter[i] * 0.9 + 12);
        var hash = ImageMeasurer.Measure(image).PerceptualHash;

        Assert.InRange(ulong.PopCount(hash ^ ImageMeasurer.Measure(new PixelImage(image.Width, image.Height, 3, brighter)).PerceptualHash), 0ul, 4ul);
        Assert.InRange(ulong.PopCount(hash ^ ImageMeasurer.Measure(other).PerceptualHash), 10ul, 64ul);
    }
}

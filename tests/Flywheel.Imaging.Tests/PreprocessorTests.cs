namespace Flywheel.Imaging.Tests;

public sealed class PreprocessorTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Reference.AllResized.Count)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resizing_equals_exact_area_averages_and_bilinear_weights(int index)
    {
        var truth = Reference.AllResized[index];
        using var image = ImageDecoder.DecodeFile(Reference.Path(truth.File));

        var resized = Preprocessor.Resize(image, truth.Width, truth.Height, truth.Channels);

        var expected = Convert.FromBase64String(truth.Pixels);
        Assert.Equal(expected.Length, resized.Length);
        var off = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.InRange(resized[i] - expected[i], -1, 1);
            if (resized[i] != expected[i]) off++;
        }
        Assert.InRange(off, 0, expected.Length / 200); // single precision may round a tie the other way
    }

    [Fact]
    public void The_tensor_is_the_resized_picture_normalised_plane_by_plane()
    {
        using var image = ImageDecoder.DecodeFile(Reference.Path("rgb.png"));
        var spec = new ImagePreprocessing(12, 10, 3, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
        var tensor = new float[spec.Length];

        Preprocessor.Fill(image, spec, tensor);

        var bytes = Preprocessor.Resize(image, 12, 10, 3);
        for (var i = 0; i < bytes.Length; i++)
            Assert.Equal((bytes[i] / 255f - spec.Mean[i / 120]) / spec.Std[i / 120], tensor[i]);
    }

    [Fact]
    public void Grey_fills_three_equal_planes_and_colour_becomes_luma()
    {
        var grey = new PixelImage(2, 1, 1, [10, 200]);
        var colour = new PixelImage(1, 1, 3, [255, 0, 0]);

        Assert.Equal(new byte[] { 10, 200, 10, 200, 10, 200 }, Preprocessor.Resize(grey, 2, 1, 3));
        Assert.Equal(new byte[] { 77 }, Preprocessor.Resize(colour, 1, 1, 1));
    }

    [Fact]
    public void A_flat_picture_stays_flat_at_every_size()
    {
        foreach (var value in new byte[] { 0, 1, 128, 254, 255 })
            foreach (var (w, h) in new[] { (1, 1), (3, 7), (24, 24), (97, 13) })
            {
                var pixels = new byte[w * h];
                Array.Fill(pixels, value);
                foreach (var (tw, th) in new[] { (1, 1), (5, 4), (32, 32), (48, 5) })
                    Assert.All(Preprocessor.Resize(new PixelImage(w, h, 1, pixels), tw, th, 1), b => Assert.Equal(value, b));
            }
    }
}

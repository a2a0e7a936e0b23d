using Flywheel.Learning.Augmentation;
using Flywheel.Learning.Data;

namespace Flywheel.Learning.Tests;

public class DataTests
{
    static FlywheelImage Image(int side, double colour = 0) => new() { Id = new string('0', 64), Path = "x.png", Format = "png", Width = side, Height = side + 10, Colorfulness = colour };

    [Theory]
    [InlineData(24, 64, 24)]
    [InlineData(40, 64, 32)]
    [InlineData(100, 64, 32)]
    [InlineData(120, 64, 48)]
    [InlineData(240, 32, 32)]
    [InlineData(640, 96, 96)]
    public void The_input_is_two_fifths_of_the_median_side_rounded_down_to_a_known_size(int side, int limit, int expected)
    {
        var input = InputRule.Choose([Image(side), Image(side), Image(4000)], [], limit);
        Assert.Equal((expected, expected, 1), (input.Width, input.Height, input.Channels));
    }

    [Fact]
    public void Smaller_production_pictures_lower_the_input() =>
        Assert.Equal(32, InputRule.Choose([Image(300)], [Image(24)], 96).Width);

    [Fact]
    public void One_colour_picture_in_fifty_makes_colour_count()
    {
        Assert.Equal(3, InputRule.Choose([.. Enumerable.Repeat(Image(64), 49), Image(64, 30)], [], 96).Channels);
        Assert.Equal(1, InputRule.Choose([.. Enumerable.Repeat(Image(64), 199), Image(64, 30)], [], 96).Channels);
        Assert.Equal(1, InputRule.Choose([Image(64, 30)], [Image(64)], 96).Channels);
    }

    [Fact]
    public void Varied_pictures_depend_on_the_seed_alone()
    {
        var set = Shapes.Draw(3, 1).Pixels;
        float[] Draw(long seed)
        {
            var output = new float[set.Preprocessing.Length];
            Augmenter.Draw(set, 1, AugmentationSettings.Robust, new SeededRandom(seed), output);
            return output;
        }
        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
        Assert.All(Enumerable.Range(0, 50), s => Assert.All(Draw(s), v => Assert.InRange(v, -0.5f, 1.5f)));
    }

    [Fact]
    public void Mirroring_alone_gives_the_picture_or_its_mirror_image()
    {
        var set = Shapes.Draw(1, 3).Pixels;
        int n = set.Preprocessing.Width;
        var seen = new HashSet<bool>();
        float[]? straight = null;
        for (var seed = 0; seed < 20; seed++)
        {
            var output = new float[n * n];
            Augmenter.Draw(set, 0, AugmentationSettings.Plain with { Mirror = false }, new SeededRandom(seed), output);
            straight ??= [.. output];
            Assert.Equal(straight, output);
            Augmenter.Draw(set, 0, AugmentationSettings.Plain, new SeededRandom(seed), output);
            var mirrored = !output.AsSpan().SequenceEqual(straight);
            seen.Add(mirrored);
            if (mirrored) Assert.All(Enumerable.Range(0, n * n), i => Assert.Equal(straight[i / n * n + n - 1 - i % n], output[i], 4));
        }
        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_a_fault_and_the_rest_goes_on()
    {
        var folder = Directory.CreateTempSubdirectory("flywheel-").FullName;
        try
        {
            var broken = Path.Combine(folder, "broken.png");
            File.WriteAllBytes(broken, [0x89, 0x50, 0x4E, 0x47, 1, 2, 3]);
            var good = Path.Combine(folder, "good.bmp");
            File.WriteAllBytes(good, Bitmap());
            var said = new Listener();
            var (pixels, kept) = PixelLoader.Load([broken, good, Path.Combine(folder, "absent.png")], ImagePreprocessing.Raw(24, 24, 1), "Reading", said, CancellationToken.None);
            Assert.Equal([1], kept);
            Assert.Equal(1, pixels.Count);
            Assert.Equal(2, said.Faults.Count);
            Assert.Equal(200, pixels.InputOf(0)[0]);
        }
        finally
        {
            Directory.Delete(folder, true);
        }

        // A grey 2×2 BMP, 24 bits.
        static byte[] Bitmap()
        {
            var b = new byte[54 + 16];
            b[0] = (byte)'B';
            b[1] = (byte)'M';
            BitConverter.GetBytes(b.Length).CopyTo(b, 2);
            BitConverter.GetBytes(54).CopyTo(b, 10);
            BitConverter.GetBytes(40).CopyTo(b, 14);
            BitConverter.GetBytes(2).CopyTo(b, 18);
            BitConverter.GetBytes(2).CopyTo(b, 22);
            b[26] = 1;
            b[28] = 24;
            for (var i = 54; i < b.Length; i++) b[i] = 200;
            return b;
        }
    }
}

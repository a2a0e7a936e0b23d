using Flywheel.Imaging;
using Flywheel.Learning.Data;
using Flywheel.Learning.Networks;
using Flywheel.Learning.Training;

namespace Flywheel.Learning.Tests;

/// <summary>An easy task drawn on the spot: a bright disc or a bright bar on a grey ground with noise.</summary>
static class Shapes
{
    public static readonly string[] Labels = ["bar", "disc"];

    public static LabelledPixels Draw(int count, long seed, int size = 24, double discs = 0.5, float contrast = 90, int channels = 1)
    {
        var random = new SeededRandom(seed);
        var preprocessing = ImagePreprocessing.Raw(size, size, channels);
        var set = new PixelSet(count, preprocessing, PixelLoader.CacheSize(preprocessing));
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.NextDouble() < discs ? 1 : 0;
            const int side = 48;
            var pixels = new byte[side * side];
            double x0 = 18 + 12 * random.NextDouble(), y0 = 18 + 12 * random.NextDouble(), ground = 60 + 60 * random.NextDouble();
            for (var y = 0; y < side; y++)
                for (var x = 0; x < side; x++)
                {
                    var inside = labels[i] == 1 ? (x - x0) * (x - x0) + (y - y0) * (y - y0) < 90 : Math.Abs(y - y0) < 4 && Math.Abs(x - x0) < 17;
                    pixels[y * side + x] = (byte)Math.Clamp(ground + (inside ? contrast : 0) + 8 * random.NextGaussian(), 0, 255);
                }
            using var image = new PixelImage(side, side, 1, pixels);
            Preprocessor.Resize(image, set.CacheSize, set.CacheSize, channels, set.CacheOf(i));
            Preprocessor.Resize(image, size, size, channels, set.InputOf(i));
        }
        return new LabelledPixels(set, labels);
    }

    public static NetworkSpec Network(bool mirror = false, int size = 24, int channels = 1) => new(size, channels, 8, 1, 2, mirror);

    public static TrainerOptions Options(long seed = 1, int epochs = 4) => new() { Network = Network(), Epochs = epochs, AdaptEpochs = 3, Seed = seed, Threads = 1 };

    public static TrainingData Data(int train = 192, int validation = 60) => new() { Labels = Labels, Train = Draw(train, 1), Validation = validation == 0 ? null : Draw(validation, 2) };

    public static double Accuracy(NetworkWeights weights, LabelledPixels set)
    {
        using var net = new ConvNet(weights.Spec, learns: false);
        net.Load(weights.Values);
        return Scores.Accuracy(Scorer.Logits(net, set.Pixels, weights.Spec.MirrorAveraging, CancellationToken.None), set.Labels, 2);
    }
}

using Flywheel.Inference;
using Flywheel.Learning.Backbones;
using Flywheel.Learning.Data;
using Flywheel.Learning.Export;
using Flywheel.Learning.Training;

namespace Flywheel.Learning.Tests;

public sealed class BackboneTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    // A random convolution with ReLU: enough to tell a disc from a bar. Named as a hostile author might.
    string Network(object batch, long channels = 3, bool map = true, string feature = "embedding")
    {
        var random = new SeededRandom(2);
        var g = new OnnxGraph("net");
        g.Graph.Input.Add(OnnxGraph.Value("pixels", batch, channels, "H", "W"));
        var kernel = new float[16 * channels * 25];
        for (var i = 0; i < kernel.Length; i++) kernel[i] = (float)random.NextGaussian() * 0.3f;
        var x = g.Node("Conv", ["pixels", g.Floats("probs", [16, channels, 5, 5], kernel)], null, ("kernel_shape", new long[] { 5, 5 }), ("strides", new long[] { 2, 2 }));
        if (map)
        {
            g.Node("Relu", [x], feature);
            g.Graph.Output.Add(OnnxGraph.Value(feature, batch, 16, "h", "w"));
        }
        else
        {
            g.Node("Flatten", [g.Node("GlobalAveragePool", [g.Node("Relu", [x])])], feature, ("axis", 1L));
            g.Graph.Output.Add(OnnxGraph.Value(feature, batch, 16));
        }
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".onnx");
        File.WriteAllBytes(path, g.Model(new Dictionary<string, string> { ["author"] = "someone" }));
        return path;
    }

    static LabelledPixels Draw(int count, long seed, ImagePreprocessing preprocessing)
    {
        var raw = Shapes.Draw(count, seed, preprocessing.Width, channels: preprocessing.Channels);
        var set = new PixelSet(count, preprocessing, raw.Pixels.CacheSize);
        for (var i = 0; i < count; i++)
        {
            raw.Pixels.CacheOf(i).CopyTo(set.CacheOf(i));
            raw.Pixels.InputOf(i).CopyTo(set.InputOf(i));
        }
        return new LabelledPixels(set, raw.Labels);
    }

    static (TrainedBackbone Head, byte[] Onnx, LabelledPixels Validation) Train(OnnxBackbone backbone, string path)
    {
        var preprocessing = BackboneTrainer.PreprocessingFor(backbone, 32);
        var data = new TrainingData { Labels = Shapes.Labels, Train = Draw(150, 1, preprocessing), Validation = Draw(60, 2, preprocessing) };
        var head = BackboneTrainer.Train(backbone, path, data, 1, "test", NullReporter.Instance, CancellationToken.None);
        var onnx = head.ToOnnx(backbone, preprocessing, new Dictionary<string, string>
        {
            [ModelMetadata.LabelsKey] = ModelMetadata.WriteLabels(Shapes.Labels),
            [ModelMetadata.PreprocessingKey] = ModelMetadata.WritePreprocessing(preprocessing),
        });
        return (head, onnx, data.Validation);
    }

    [Theory]
    [InlineData(true, "embedding")]
    [InlineData(false, "features")]
    public void A_frozen_network_gets_a_head_and_becomes_one_file(bool map, string feature)
    {
        var path = Network("N", map: map, feature: feature);
        using var backbone = OnnxBackbone.Load(path, 1);
        var (head, onnx, validation) = Train(backbone, path);
        Assert.InRange(head.DemandParity(onnx, backbone, validation.Pixels), 0, NetworkExport.Tolerance);
        using var classifier = OnnxClassifier.Load(onnx, "test", 1);
        Assert.Equal(16, classifier.EmbeddingLength);
        Assert.DoesNotContain("author", classifier.Metadata.Keys);
        var scored = classifier.Run(validation.Pixels.Inputs(0, 60), 60);
        Assert.InRange(Scores.Accuracy(scored.Logits, validation.Labels, 2), 0.8, 1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_file()
    {
        var path = Network("N");
        using var backbone = OnnxBackbone.Load(path, 1);
        Assert.Equal(Train(backbone, path).Onnx, Train(backbone, path).Onnx);
    }

    [Fact]
    public void A_fixed_batch_size_is_unsuitable() => AssertInvalid(Network(1L), "batch size");

    [Fact]
    public void Two_channels_are_unsuitable() => AssertInvalid(Network("N", channels: 2), "2 channels");

    [Fact]
    public void Something_else_than_onnx_is_unsuitable()
    {
        var path = Path.Combine(_folder, "text.onnx");
        File.WriteAllText(path, "not a network");
        AssertInvalid(path, "text.onnx");
    }

    static void AssertInvalid(string path, string says)
    {
        var fault = Assert.Throws<FlywheelException>(() => OnnxBackbone.Load(path));
        Assert.Equal("BackboneInvalid", fault.ErrorId);
        Assert.Equal(path, fault.Target);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_absent_backbone_is_missing() =>
        Assert.Equal("BackboneMissing", Assert.Throws<FlywheelException>(() => OnnxBackbone.Load(Path.Combine(_folder, "no.onnx"))).ErrorId);

    [Fact]
    public void A_published_backbone_works()
    {
        var path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../shared/models/squeezenet1.1_imagenet_features.onnx"));
        for (var up = new DirectoryInfo(AppContext.BaseDirectory); up is not null && !File.Exists(path); up = up.Parent)
            path = Path.Combine(up.FullName, "shared", "models", "squeezenet1.1_imagenet_features.onnx");
        if (!File.Exists(path)) Assert.Skip("../shared/models is not here.");
        using var backbone = OnnxBackbone.Load(path, 1);
        var preprocessing = BackboneTrainer.PreprocessingFor(backbone, 64);
        Assert.Equal(3, preprocessing.Channels);
        var (head, onnx, validation) = Train(backbone, path);
        Assert.Equal(512, head.FeatureLength);
        Assert.InRange(head.DemandParity(onnx, backbone, validation.Pixels), 0, NetworkExport.Tolerance);
        Assert.InRange(Scores.Accuracy(head.ValidationLogits!, validation.Labels, 2), 0.95, 1);
    }
}

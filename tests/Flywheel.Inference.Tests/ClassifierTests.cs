using System.Text;
using Flywheel.Learning.Export;
using Flywheel.Learning.Networks;

namespace Flywheel.Inference.Tests;

public sealed class ClassifierTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("flywheel-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    static Dictionary<string, string> Metadata(params string[] labels) => new()
    {
        [ModelMetadata.LabelsKey] = ModelMetadata.WriteLabels(labels),
        [ModelMetadata.PreprocessingKey] = ModelMetadata.WritePreprocessing(ImagePreprocessing.Raw(24, 24, 1)),
        [ModelMetadata.DatasetVersionKey] = "abc",
    };

    static byte[] Onnx(IReadOnlyDictionary<string, string> metadata, double temperature = 1, bool mirror = false)
    {
        var spec = new NetworkSpec(24, 1, 2, 1, 2, mirror);
        return NetworkExport.ToOnnx(NetworkWeights.Random(spec, ["closed", "open"], new SeededRandom(3)), temperature, metadata);
    }

    static float[] Pictures(int count)
    {
        var random = new SeededRandom(9);
        return [.. Enumerable.Range(0, count * 24 * 24).Select(_ => random.NextSingle())];
    }

    string Write(byte[] bytes)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".onnx");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    [Fact]
    public void A_model_file_alone_is_enough_to_predict()
    {
        using var model = OnnxClassifier.Load(Write(Onnx(Metadata("closed", "open"))), 1);
        Assert.Equal(["closed", "open"], model.Labels);
        Assert.Equal((24, 24, 1), (model.Preprocessing.Width, model.Preprocessing.Height, model.Preprocessing.Channels));
        Assert.Equal(16, model.EmbeddingLength);
        Assert.Equal("abc", model.Metadata[ModelMetadata.DatasetVersionKey]);
        var scored = model.Run(Pictures(5), 5);
        Assert.Equal((10, 10, 80), (scored.Probabilities.Length, scored.Logits.Length, scored.Embeddings.Length));
        for (var i = 0; i < 5; i++) Assert.Equal(1, scored.ProbabilitiesOf(i)[0] + scored.ProbabilitiesOf(i)[1], 5);
    }

    [Fact]
    public void A_picture_scores_the_same_alone_and_in_a_batch()
    {
        using var model = OnnxClassifier.Load(Onnx(Metadata("closed", "open"), mirror: true), "m", 1);
        var pictures = Pictures(7);
        var together = model.Run(pictures, 7);
        for (var i = 0; i < 7; i++)
        {
            var alone = model.Run(pictures[(i * 576)..((i + 1) * 576)], 1);
            Assert.Equal(alone.Logits[0], together.Logits[2 * i], 4);
            Assert.Equal(alone.Embeddings[3], together.EmbeddingOf(i)[3], 4);
        }
    }

    [Fact]
    public void Temperature_softens_probabilities_and_leaves_logits()
    {
        using var hard = OnnxClassifier.Load(Onnx(Metadata("closed", "open")), "m", 1);
        using var soft = OnnxClassifier.Load(Onnx(Metadata("closed", "open"), 4), "m", 1);
        var a = hard.Run(Pictures(3), 3);
        var b = soft.Run(Pictures(3), 3);
        Assert.All(a.Logits.Zip(b.Logits), p => Assert.Equal(p.First, p.Second, 3));
        for (var i = 0; i < 3; i++) Assert.Equal(1 / (1 + Math.Exp((a.Logits[2 * i] - a.Logits[2 * i + 1]) / 4)), b.Probabilities[2 * i + 1], 4);
    }

    [Fact]
    public void A_mirror_averaged_model_gives_the_mirror_image_the_same_answer()
    {
        using var model = OnnxClassifier.Load(Onnx(Metadata("closed", "open"), mirror: true), "m", 1);
        var picture = Pictures(1);
        var mirrored = Enumerable.Range(0, 576).Select(i => picture[i / 24 * 24 + 23 - i % 24]).ToArray();
        Assert.Equal(model.Run(picture, 1).Logits[0], model.Run(mirrored, 1).Logits[0], 4);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = Path.Combine(_folder, "none.onnx");
        var fault = Assert.Throws<FlywheelException>(() => OnnxClassifier.Load(path));
        Assert.Equal(("ModelFileMissing", (object)path), (fault.ErrorId, fault.Target));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Broken_files_are_invalid(int kind)
    {
        byte[] bytes = kind switch { 0 => [], 1 => Encoding.ASCII.GetBytes("not a network"), _ => Onnx(Metadata("closed", "open"))[..500] };
        var path = Write(bytes);
        var fault = Assert.Throws<FlywheelException>(() => OnnxClassifier.Load(path));
        Assert.Equal(("ModelFileInvalid", FaultCategory.InvalidData, (object)path), (fault.ErrorId, fault.Category, fault.Target));
        Assert.NotNull(fault.RecommendedAction);
    }

    [Fact]
    public void A_network_of_other_origin_lacks_metadata() =>
        Assert.Equal("ModelMetadataMissing", Assert.Throws<FlywheelException>(() => OnnxClassifier.Load(Onnx(new Dictionary<string, string>()), "m")).ErrorId);

    [Theory]
    [InlineData(ModelMetadata.LabelsKey, "[\"one\"]")]
    [InlineData(ModelMetadata.LabelsKey, "[\"a\",\"a\"]")]
    [InlineData(ModelMetadata.LabelsKey, "nonsense")]
    [InlineData(ModelMetadata.LabelsKey, "[\"a\",\"b\",\"c\"]")]
    [InlineData(ModelMetadata.PreprocessingKey, "{\"width\":999999,\"height\":24,\"channels\":1,\"mean\":[0],\"std\":[1]}")]
    [InlineData(ModelMetadata.PreprocessingKey, "{\"width\":32,\"height\":32,\"channels\":1,\"mean\":[0],\"std\":[1]}")]
    [InlineData(ModelMetadata.PreprocessingKey, "{\"width\":24,\"height\":24,\"channels\":1,\"mean\":[0],\"std\":[0]}")]
    [InlineData(ModelMetadata.PreprocessingKey, "null")]
    public void Metadata_that_does_not_fit_is_invalid(string key, string value)
    {
        var metadata = Metadata("closed", "open");
        metadata[key] = value;
        Assert.Equal("ModelFileInvalid", Assert.Throws<FlywheelException>(() => OnnxClassifier.Load(Onnx(metadata), "m")).ErrorId);
    }

    [Fact]
    public void Too_little_input_is_an_argument_error()
    {
        using var model = OnnxClassifier.Load(Onnx(Metadata("closed", "open")), "m", 1);
        Assert.Throws<ArgumentException>(() => model.Run(new float[100], 1));
    }
}

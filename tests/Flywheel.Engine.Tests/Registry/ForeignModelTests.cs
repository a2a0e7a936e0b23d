using Flywheel.Engine.Registry;
using Flywheel.Engine.Training;
using Flywheel.Inference;

namespace Flywheel.Engine.Tests.Registry;

public sealed class ForeignModelTests : IDisposable
{
    const int Side = 4, Length = 3 * Side * Side;

    readonly TemporaryWorkspace _w = new();
    readonly float[] _weights;
    readonly float[] _bias;

    public ForeignModelTests()
    {
        var random = new SeededRandom(3);
        _weights = [.. Enumerable.Range(0, Length * 3).Select(_ => (float)(random.NextDouble() - 0.5))];
        _bias = [0.1f, -0.2f, 0.3f];
    }

    public void Dispose() => _w.Dispose();

    /// <summary>Flatten, a linear layer of as many outputs as asked, and perhaps a last step; every weight differs, so that a wrong order shows.</summary>
    byte[] Network(bool channelsLast = false, int outputs = 3, string? last = null, long batch = 0, string output = "scores", string features = "features")
    {
        var graph = new OnnxMessage().Add(1, OnnxMessage.Node("Flatten", ["x"], features)).Add(1, OnnxMessage.Node("Gemm", [features, "w", "b"], last is null ? output : "z"));
        if (last is not null) graph.Add(1, OnnxMessage.Node(last, ["z"], output));
        return OnnxMessage.File(graph.Add(2, "foreign").Add(5, OnnxMessage.Tensor("w", [Length, outputs], Matrix(outputs))).Add(5, OnnxMessage.Tensor("b", [outputs], _bias[..outputs]))
            .Add(11, OnnxMessage.Value("x", channelsLast ? [Side, Side, 3] : [3, Side, Side], batch)).Add(12, OnnxMessage.Value(output, [outputs], batch)));
    }

    float[] Matrix(int outputs) => [.. Enumerable.Range(0, Length).SelectMany(r => Enumerable.Range(0, outputs).Select(c => _weights[r * 3 + c]))];

    Model Import(byte[] onnx, string sidecar, string name = "vendor")
    {
        var path = _w.Write($"{name}.onnx", onnx);
        _w.Write($"{name}.yaml", sidecar);
        return ForeignModels.Import(_w.Workspace, path);
    }

    /// <summary>What the network must say of RGB pixels in 0..1, worked out here.</summary>
    double[] Expected(float[] rgb, int outputs, bool channelsLast = false, bool bgr = false, Func<double, int, double>? normalise = null)
    {
        const int plane = Side * Side;
        var z = new double[outputs];
        for (var k = 0; k < outputs; k++) z[k] = _bias[k];
        for (var c = 0; c < 3; c++)
            for (var i = 0; i < plane; i++)
            {
                double pixel = rgb[(bgr ? 2 - c : c) * plane + i];
                var value = normalise is null ? pixel : normalise(pixel, c);
                for (var k = 0; k < outputs; k++) z[k] += value * _weights[(channelsLast ? i * 3 + c : c * plane + i) * 3 + k];
            }
        return z;
    }

    static double[] Softmax(double[] z)
    {
        double[] e = [.. z.Select(Math.Exp)];
        return [.. e.Select(v => v / e.Sum())];
    }

    static float[] Rgb() => [.. Enumerable.Range(0, Length).Select(i => i * 37 % 101 / 101f)];

    static ScoredBatch Ask(Model model, float[] rgb)
    {
        using var classifier = OnnxClassifier.Load(ModelFolder.ReadOnnx(model), model.OnnxPath);
        var plane = Side * Side;
        var p = model.Preprocessing;
        float[] input = [.. rgb.Select((v, i) => (v - p.Mean[i / plane]) / p.Std[i / plane])];
        return classifier.Run([.. input, .. input], 2);
    }

    static void Close(double[] expected, IEnumerable<float> got)
    {
        var values = got.ToArray();
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], 1e-4);
    }

    [Fact]
    public void Logits_alone_become_probabilities_logits_and_the_last_linear_layers_input()
    {
        var model = Import(Network(), "labels: [a, b, c]\noutput: { kind: logits }\n");
        var z = Expected(Rgb(), 3);
        var said = Ask(model, Rgb());
        Close(Softmax(z), said.ProbabilitiesOf(1).ToArray());
        Close(z, said.Logits);
        Assert.Equal(Length, said.EmbeddingLength);
        Close([.. Rgb().Select(v => (double)v)], said.EmbeddingOf(1).ToArray());
        Assert.Equal(("vendor", "Imported"), (model.Name, model.Preset));
        Assert.Equal(["a", "b", "c"], model.Labels);
        Assert.True(model.ParityError < 1e-5);
        ModelFolder.Verify(model);
    }

    [Fact]
    public void Probabilities_alone_get_their_logarithms_as_logits()
    {
        var model = Import(Network(last: "Softmax"), "labels: [a, b, c]\noutput:\n  kind: probabilities\n");
        var p = Softmax(Expected(Rgb(), 3));
        var said = Ask(model, Rgb());
        Close(p, said.ProbabilitiesOf(0).ToArray());
        Close([.. p.Select(v => Math.Log(v))], said.Logits);
        Assert.Equal(Length, said.EmbeddingLength);
    }

    [Theory]
    [InlineData("0..255", "[0, 0, 0]", "[1, 1, 1]")]
    [InlineData("0..255", "[103.5, 116.3, 123.7]", "[57.4, 57.1, 58.4]")]
    [InlineData("0..1", "[0.485, 0.456, 0.406]", "[0.229, 0.224, 0.225]")]
    [InlineData("-1..1", "0", "1")]
    public void Layout_order_and_scale_are_brought_to_ours(string scale, string mean, string std)
    {
        float[] Numbers(string text) => [.. text.Trim('[', ']').Split(',').Select((string n) => float.Parse(n))];
        float[] m = Numbers(mean), s = Numbers(std);
        double Normalise(double pixel, int channel) => ((scale == "0..255" ? pixel * 255 : scale == "-1..1" ? pixel * 2 - 1 : pixel) - m[channel % m.Length]) / s[channel % s.Length];
        foreach (var last in new[] { false, true })
            foreach (var bgr in new[] { false, true })
            {
                var model = Import(Network(channelsLast: last), $$"""{ "labels": ["a", "b", "c"], "input": { "layout": "{{(last ? "nhwc" : "nchw")}}", "order": "{{(bgr ? "bgr" : "rgb")}}", "scale": "{{scale}}", "mean": {{mean}}, "std": {{std}} }, "output": { "kind": "logits" } }""");
                // Large inputs make the softmax extreme; logits are compared, relative to their size.
                var z = Expected(Rgb(), 3, last, bgr, Normalise);
                var logits = Ask(model, Rgb()).Logits;
                for (var k = 0; k < 3; k++) Assert.Equal(0, (logits[k] - z[k]) / Math.Max(1, Math.Abs(z[k])), 1e-3);
            }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_number_for_two_labels_is_that_of_the_second(bool sigmoid)
    {
        var model = Import(Network(outputs: 1, last: sigmoid ? "Sigmoid" : null), $"labels: [closed, open]\noutput: {{ kind: {(sigmoid ? "probabilities" : "logits")} }}\n");
        var p = 1 / (1 + Math.Exp(-Expected(Rgb(), 1)[0]));
        Close([1 - p, p], Ask(model, Rgb()).ProbabilitiesOf(0).ToArray());
    }

    [Fact]
    public void Names_that_are_ours_move_away()
    {
        var model = Import(Network(output: "probs", features: "embedding", last: "Softmax"), "labels: [a, b, c]\noutput: { kind: probabilities, embedding: embedding }\n");
        Close(Softmax(Expected(Rgb(), 3)), Ask(model, Rgb()).ProbabilitiesOf(0).ToArray());
        Assert.Equal(Length, Ask(model, Rgb()).EmbeddingLength);
    }

    [Fact]
    public void It_predicts_publishes_and_travels_like_any_other()
    {
        var model = Import(Network(channelsLast: true), "name: eyes-vendor\nlabels: labels.txt\ninput: { layout: nhwc }\noutput: { kind: logits }\n".Replace("labels: labels.txt", "labels: [a, b, c]"));
        var picture = Shades.Write(_w, "grey.png", 128);
        var prediction = _w.Predict(model, [picture])[0];
        var p = Softmax(Expected([.. Enumerable.Repeat(128 / 255f, Length)], 3, channelsLast: true));
        Assert.Equal(p.Max(), prediction.Confidence, 1e-3);
        Assert.Equal("eyes-vendor", model.Name);
        RegistryService.Publish(_w.Workspace, RegistryService.Judge(_w.Workspace, new PublishRequest { Model = "eyes-vendor", Gate = ["size <= 1MB"] }, _w.Reports, default), _w.Reports, default);
        Assert.Equal(model.Id, RegistryService.Resolve(_w.Workspace, "production").Model.Id);
        // The same file and description give the same model.
        Assert.Equal(model.Id, ForeignModels.Import(_w.Workspace, Path.Combine(_w.Data, "vendor.onnx"), name: "again").Id);
    }

    [Fact]
    public void Labels_may_stand_in_a_file_beside_the_description_and_nowhere_else()
    {
        _w.Write("labels.txt", "a\nb\r\nc\n");
        Assert.Equal(["a", "b", "c"], Import(Network(), "labels: labels.txt\noutput: { kind: logits }\n").Labels);
        Assert.Equal("SidecarInvalid", Assert.Throws<FlywheelException>(() => Import(Network(), "labels: ../labels.txt\noutput: { kind: logits }\n")).ErrorId);
        Assert.Equal("SidecarMissing", Assert.Throws<FlywheelException>(() => Import(Network(), "labels: none.txt\noutput: { kind: logits }\n")).ErrorId);
    }

    [Theory]
    [InlineData("labels: [a, b]", "3 numbers an image for 2 labels")]
    [InlineData("labels: [a, b, c]\ninput: { size: 8 }", "has 4 as width, and 8 is stated")]
    [InlineData("labels: [a, b, c]\ninput: { layout: nhwc }", "is its layout nchw?")]
    [InlineData("labels: [a, b, c]\ninput: { name: y }", "no input 'y'; there is x")]
    [InlineData("labels: [a, b, c]\ninput: { mean: [1, 2] }", "2 values of mean")]
    [InlineData("labels: [a, b, c]\ninput: { std: 0 }", "std above zero")]
    public void What_does_not_fit_is_said(string sidecar, string message)
    {
        var fault = Assert.Throws<FlywheelException>(() => Import(Network(), sidecar + "\noutput: { kind: logits }\n"));
        Assert.Equal("ForeignModelUnsuitable", fault.ErrorId);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Empty(_w.Workspace.Catalogue.Models());
    }

    [Fact]
    public void Logits_and_probabilities_are_not_confused_and_a_fixed_batch_is_noticed()
    {
        string Why(byte[] onnx, string kind) => Assert.Throws<FlywheelException>(() => Import(onnx, $"labels: [a, b, c]\noutput: {{ kind: {kind} }}\n")).Message;
        Assert.Contains("is it logits?", Why(Network(), "probabilities"), StringComparison.Ordinal);
        Assert.Contains("is it probabilities?", Why(Network(last: "Softmax"), "logits"), StringComparison.Ordinal);
        // A batch that is fixed only on paper is freed.
        Close(Softmax(Expected(Rgb(), 3)), Ask(Import(Network(batch: 1), "labels: [a, b, c]\noutput: { kind: logits }\n"), Rgb()).ProbabilitiesOf(1).ToArray());
        Assert.Equal("ForeignModelUnsuitable", Assert.Throws<FlywheelException>(() => Import([1, 2, 3], "labels: [a, b, c]\noutput: { kind: logits }\n")).ErrorId);
    }

    [Theory]
    [InlineData("lables: [a, b]", 1, 1, "Did you mean 'labels'?")]
    [InlineData("labels: [a, b]", 1, 1, "'output.kind' is missing")]
    [InlineData("labels: [a, a]\noutput: { kind: logits }", 1, 9, "stands twice")]
    [InlineData("labels: [a, b]\noutput:\n  kind: logit", 3, 9, "Did you mean 'logits'?")]
    [InlineData("labels: [a, b]\ninput: { size: big }\noutput: { kind: logits }", 2, 16, "'size' is 'big'")]
    [InlineData("labels: [a, b\n", 2, 1, "not valid YAML")]
    public void Faults_of_the_description_say_where(string sidecar, int line, int column, string message)
    {
        var fault = Assert.Throws<FlywheelException>(() => Import(Network(), sidecar));
        Assert.Equal("SidecarInvalid", fault.ErrorId);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (fault.Location!.Line!.Value, fault.Location.Column!.Value));
    }

    [Fact]
    public void A_real_feature_network_serves_with_its_features_as_logits()
    {
        var file = Path.Combine(SharedData.Folder("."), "..", "models", "squeezenet1.1_imagenet_features.onnx");
        if (!File.Exists(file)) Assert.Skip("The network '../shared/models/squeezenet1.1_imagenet_features.onnx' is not here.");
        var labels = string.Join(", ", Enumerable.Range(0, 512).Select(i => $"f{i}"));
        var model = Import(File.ReadAllBytes(file), $"labels: [{labels}]\ninput: {{ size: 64, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }}\noutput: {{ kind: logits }}\n");
        Assert.Equal(512, model.Labels.Count);
        Assert.True(model.ParityError < 1e-4);
        Assert.Equal(512, _w.Predict(model, [Shades.Write(_w, "a.png", 90)])[0].Scores.Count);
    }
}

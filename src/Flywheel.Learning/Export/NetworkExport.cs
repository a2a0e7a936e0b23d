using Flywheel.Inference;
using Flywheel.Learning.Data;
using Flywheel.Learning.Networks;
using Flywheel.Learning.Training;

namespace Flywheel.Learning.Export;

/// <summary>Writes a trained network as ONNX and proves that ONNX Runtime answers as Torch does.</summary>
public static class NetworkExport
{
    /// <summary>Largest difference of a probability that is accepted.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>
    /// The ONNX file. Input <c>image</c> [N, C, S, S] in 0..1; standardisation, mirror averaging and temperature are inside; batch
    /// normalisation is folded into the convolutions. Outputs <c>probs</c>, <c>logits</c> (before temperature) and <c>embedding</c>.
    /// </summary>
    public static byte[] ToOnnx(NetworkWeights weights, double temperature, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var spec = weights.Spec;
        var values = weights.Values;
        var g = new OnnxGraph("classifier");
        g.Graph.Input.Add(OnnxGraph.Value("image", "N", spec.Channels, spec.InputSize, spec.InputSize));
        var x = "image";
        if (spec.MirrorAveraging)
        {
            // Mirror images follow in the same batch: one pass through the network, averaged in the embedding (the head is linear).
            var mirrored = g.Node("Slice", [x, g.Longs("mirror.start", -1), g.Longs("mirror.end", long.MinValue + 1), g.Longs("mirror.axis", 3), g.Longs("mirror.step", -1)]);
            x = g.Node("Concat", [x, mirrored], null, ("axis", 0L));
        }
        // ReduceMean takes its axes as an attribute up to operator set 17.
        long[] all = [1, 2, 3];
        x = g.Node("Sub", [x, g.Node("ReduceMean", [x], null, ("axes", all), ("keepdims", 1L))]);
        var deviation = g.Node("Sqrt", [g.Node("ReduceMean", [g.Node("Mul", [x, x])], null, ("axes", all), ("keepdims", 1L))]);
        x = g.Node("Div", [x, g.Node("Add", [deviation, g.Scalar("deviation.floor", ConvNet.DeviationFloor)])]);

        long window = spec.ContrastWindow, pad = window / 2;
        (string, object)[] pool = [("kernel_shape", new[] { window, window }), ("pads", new[] { pad, pad, pad, pad }), ("strides", new long[] { 1, 1 }), ("count_include_pad", 0L)];
        x = g.Node("Sub", [x, g.Node("AveragePool", [x], null, pool)]);
        var contrast = g.Node("Sqrt", [g.Node("AveragePool", [g.Node("Mul", [x, x])], null, pool)]);
        x = g.Node("Div", [x, g.Node("Add", [contrast, g.Scalar("contrast.floor", ConvNet.ContrastFloor)])]);

        var layers = spec.Layers();
        for (var i = 0; i < layers.Count; i++)
        {
            var layer = layers[i];
            var (kernel, bias) = Fold(values, 5 * i, layer.Outputs);
            x = g.Node("Conv", [x, g.Floats($"conv{i}.weight", [layer.Outputs, layer.Inputs, 3, 3], kernel), g.Floats($"conv{i}.bias", [layer.Outputs], bias)], null,
                ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }), ("strides", new long[] { layer.Stride, layer.Stride }));
            x = g.Node("Relu", [x]);
            if (layer.Pool) x = g.Node("MaxPool", [x], null, ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
        }
        x = g.Node("GlobalAveragePool", [x]);
        if (spec.MirrorAveraging)
        {
            x = g.Node("Reshape", [x, g.Longs("mirror.pairs", 2, -1, spec.EmbeddingLength)]);
            x = g.Node("ReduceMean", [x], "embedding", ("axes", new long[] { 0 }), ("keepdims", 0L));
        }
        else
        {
            x = g.Node("Flatten", [x], "embedding", ("axis", 1L));
        }
        AddHead(g, x, values[^2], values[^1], spec.Classes, spec.EmbeddingLength, temperature);
        g.Graph.Output.Add(OnnxGraph.Value("embedding", "N", spec.EmbeddingLength));
        return g.Model(metadata);
    }

    /// <summary>Linear head, temperature, softmax, and the outputs <c>probs</c> and <c>logits</c>.</summary>
    internal static void AddHead(OnnxGraph g, string embedding, float[] matrix, float[] bias, int classes, int length, double temperature)
    {
        g.Node("Gemm", [embedding, g.Floats("head.weight", [classes, length], matrix), g.Floats("head.bias", [classes], bias)], "logits", ("transB", 1L));
        g.Node("Softmax", [g.Node("Div", ["logits", g.Scalar("temperature", (float)temperature)])], "probs", ("axis", 1L));
        g.Graph.Output.Add(OnnxGraph.Value("probs", "N", classes));
        g.Graph.Output.Add(OnnxGraph.Value("logits", "N", classes));
    }

    static (float[] Kernel, float[] Bias) Fold(IReadOnlyList<float[]> values, int at, int outputs)
    {
        float[] kernel = [.. values[at]], scale = values[at + 1], shift = values[at + 2], mean = values[at + 3], variance = values[at + 4];
        var bias = new float[outputs];
        var per = kernel.Length / outputs;
        for (var o = 0; o < outputs; o++)
        {
            var factor = scale[o] / Math.Sqrt(variance[o] + ConvNet.BatchNormEpsilon);
            for (var i = 0; i < per; i++) kernel[o * per + i] = (float)(kernel[o * per + i] * factor);
            bias[o] = (float)(shift[o] - mean[o] * factor);
        }
        return (kernel, bias);
    }

    /// <summary>Largest absolute difference of probabilities between Torch and ONNX Runtime.</summary>
    /// <param name="onnx">The file's bytes.</param>
    /// <param name="weights">What it was written from.</param>
    /// <param name="temperature">Its temperature.</param>
    /// <param name="pictures">Real pictures; the first 256 are used.</param>
    /// <exception cref="FlywheelException"><c>ExportParityFailed</c>.</exception>
    public static double DemandParity(byte[] onnx, NetworkWeights weights, double temperature, PixelSet pictures)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(pictures);
        var count = Math.Min(256, pictures.Count);
        var inputs = pictures.Inputs(0, count);
        using var net = new ConvNet(weights.Spec, learns: false);
        net.Load(weights.Values);
        var expected = Scores.Probabilities(Scorer.Logits(net, inputs, count, weights.Spec.MirrorAveraging), weights.Spec.Classes, temperature);
        using var classifier = OnnxClassifier.Load(onnx, "model.onnx", threads: 1);
        return DemandParity(expected, classifier.Run(inputs, count).Probabilities);
    }

    internal static double DemandParity(double[] expected, float[] got)
    {
        double worst = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - got[i]);
            if (!(difference <= worst)) worst = double.IsNaN(difference) ? double.PositiveInfinity : difference;
        }
        return worst <= Tolerance
            ? worst
            : throw new FlywheelException("ExportParityFailed", FaultCategory.InvalidOperation, System.FormattableString.Invariant($"The exported ONNX model differs from the trained one by {worst:0.0e0} in a probability; {Tolerance:0.0e0} is allowed. Nothing was registered."), worst,
                "Train again with another seed; if it happens again, the installed ONNX Runtime computes differently on this processor.");
    }
}

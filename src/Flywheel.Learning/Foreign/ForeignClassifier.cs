using System.Globalization;
using Flywheel.Inference;
using Flywheel.Learning.Export;
using Google.Protobuf;
using Onnx;

namespace Flywheel.Learning.Foreign;

/// <summary>
/// Rewrites an image classifier from elsewhere so that it answers as every Flywheel model: input [N, C, H, W], outputs <c>probs</c>, <c>logits</c> and
/// <c>embedding</c>, labels and preprocessing in its metadata. What it says stays the same, which is checked on random pictures.
/// </summary>
public sealed class ForeignClassifier
{
    const int Trials = 3;
    const float SmallestProbability = 1e-12f;
    static readonly string[] s_linear = ["Gemm", "MatMul"];
    static readonly string[] s_passing = ["Softmax", "LogSoftmax", "Sigmoid", "Identity", "Add", "Flatten", "Reshape", "Squeeze", "Dropout", "Cast"];

    readonly byte[] _bytes;
    readonly string _path;
    readonly ForeignConvention _convention;
    readonly ModelProto _model;
    readonly GraphProto _graph;

    ForeignClassifier(byte[] bytes, string path, ForeignConvention convention)
    {
        _bytes = bytes;
        _path = path;
        _convention = convention;
        try
        {
            _model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Unsuitable($"it cannot be parsed: {e.Message.TrimEnd('.')}", e);
        }
        _graph = _model.Graph ?? throw Unsuitable("it holds no graph");
        var set = _model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 0;
        if (set < 9) throw Unsuitable($"its operator set is {set}; 9 or later is needed");
    }

    /// <summary>Rewrites a classifier.</summary>
    /// <param name="onnx">The file's bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="convention">What it expects and says.</param>
    /// <param name="metadata">Written into the file beside labels and preprocessing.</param>
    /// <exception cref="FlywheelException"><c>ForeignModelUnsuitable</c>, <c>ModelFileInvalid</c>, <c>NativeLibraryUnavailable</c>.</exception>
    public static AdaptedClassifier Adapt(byte[] onnx, string path, ForeignConvention convention, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        ArgumentNullException.ThrowIfNull(convention);
        ArgumentNullException.ThrowIfNull(metadata);
        return new ForeignClassifier(onnx, path, convention).Rewrite(metadata);
    }

    AdaptedClassifier Rewrite(IReadOnlyDictionary<string, string> metadata)
    {
        using var original = OnnxNetwork.Load(_bytes, _path);
        var (inputName, preprocessing, ownChannels) = Input(original);
        var outputName = Choose(original.Outputs, _convention.Output, "output");
        var classes = _convention.Labels.Count;
        var pictures = Pictures(preprocessing);
        var expected = Ask(original, inputName, outputName, pictures, preprocessing, out var width);
        if (width != classes && !(width == 1 && classes == 2))
            throw Unsuitable($"its output '{outputName}' has {width} numbers an image for {classes} labels");
        Check(expected, width);

        var sourceName = _convention.Embedding ?? LastLinearInput(outputName);
        var now = TensorNames.MakeRoom(_graph, "foreign/", why => Unsuitable(why));
        var g = new OnnxGraph(_graph, TensorNames.Prefix);
        _graph.ValueInfo.Clear(); // inferred shapes of a fixed batch would contradict the free one
        Head(g, now(inputName), preprocessing, ownChannels);
        _graph.Output.Clear();
        var raw = g.Node("Flatten", [now(outputName)], null, ("axis", 1L));
        if (_convention.IsProbabilities)
        {
            if (width == 1) g.Node("Concat", [g.Node("Sub", [g.Scalar("one", 1), raw]), raw], "probs", ("axis", 1L));
            else g.Node("Identity", [raw], "probs");
            g.Node("Log", [g.Node("Max", ["probs", g.Scalar("least", SmallestProbability)])], "logits");
        }
        else
        {
            if (width == 1) g.Node("Concat", [g.Node("Sub", [raw, raw]), raw], "logits", ("axis", 1L));
            else g.Node("Identity", [raw], "logits");
            g.Node("Softmax", ["logits"], "probs", ("axis", 1L));
        }
        _graph.Output.Add(OnnxGraph.Value("probs", "N", classes));
        _graph.Output.Add(OnnxGraph.Value("logits", "N", classes));
        var (length, source) = Embedding(g, sourceName is null ? null : now(sourceName), sourceName, pictures, preprocessing);

        _model.MetadataProps.Clear();
        foreach (var (key, value) in metadata.Append(new(ModelMetadata.LabelsKey, ModelMetadata.WriteLabels(_convention.Labels))).Append(new(ModelMetadata.PreprocessingKey, ModelMetadata.WritePreprocessing(preprocessing))).OrderBy(m => m.Key, StringComparer.Ordinal))
            _model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        _model.ProducerName = "Flywheel";
        var bytes = _model.ToByteArray();
        var parity = DemandParity(bytes, pictures, Probabilities(expected, width));
        var parameters = _graph.Initializer.Where(t => t.DataType == (int)TensorProto.Types.DataType.Float && !t.Name.StartsWith(TensorNames.Prefix, StringComparison.Ordinal)).Sum(t => t.Dims.Aggregate(1L, (a, d) => a * d));
        return new AdaptedClassifier(bytes, preprocessing, length, source, parameters, parity);
    }

    (string Name, ImagePreprocessing Preprocessing, int Channels) Input(OnnxNetwork original)
    {
        var name = Choose(original.Inputs, _convention.Input, "input");
        if (original.Inputs.Count != 1) throw Unsuitable($"it has {original.Inputs.Count} inputs ({string.Join(", ", original.Inputs.Keys)}); a classifier of images has one");
        var shape = original.Inputs[name]!;
        if (shape.Length != 4) throw Unsuitable($"its input '{name}' has {shape.Length} dimensions, where images have 4");
        int c = shape[_convention.ChannelsLast ? 3 : 1], h = shape[_convention.ChannelsLast ? 1 : 2], w = shape[_convention.ChannelsLast ? 2 : 3];
        var channels = Settle(c, _convention.Channels, "channels");
        if (channels is not (1 or 3)) throw Unsuitable(string.Create(CultureInfo.InvariantCulture, $"its input '{name}' is [{string.Join(", ", shape)}]: {channels} channels, where 1 or 3 are possible; is its layout {(_convention.ChannelsLast ? "nchw" : "nhwc")}?"));
        int width = Settle(w, _convention.Size?.Width, "width"), height = Settle(h, _convention.Size?.Height, "height");
        if (width is < 1 or > 4096 || height is < 1 or > 4096) throw Unsuitable($"its input is {width}×{height} pixels");
        var mean = Values(_convention.Mean, channels, 0, "mean");
        var std = Values(_convention.Std, channels, 1, "std");
        if (!std.All(s => float.IsFinite(s) && s > 0) || !mean.All(float.IsFinite)) throw Unsuitable("mean must be finite and std above zero");
        if (_convention.Reversed && channels == 3)
        {
            Array.Reverse(mean);
            Array.Reverse(std);
        }
        return (name, new ImagePreprocessing(width, height, channels, mean, std), channels);

        int Settle(int own, int? told, string what) => (own > 0, told) switch
        {
            (true, { } t) when t != own => throw Unsuitable($"its input '{name}' has {own} as {what}, and {t} is stated"),
            (true, _) => own,
            (false, { } t) => t,
            _ => throw Unsuitable($"its input '{name}' leaves the {what} free, and none is stated"),
        };

        float[] Values(IReadOnlyList<float>? given, int count, float otherwise, string what) => given switch
        {
            null => [.. Enumerable.Repeat(otherwise, count)],
            { Count: 1 } => [.. Enumerable.Repeat(given[0], count)],
            _ when given.Count == count => [.. given],
            _ => throw Unsuitable($"{given.Count} values of {what} are stated for {count} channels"),
        };
    }

    string Choose(IReadOnlyDictionary<string, int[]?> ports, string? told, string kind)
    {
        var list = string.Join(", ", ports.Keys);
        var name = told ?? (ports.Count == 1 ? ports.Keys.Single() : throw Unsuitable($"it has {ports.Count} {kind}s ({list}), and none is named"));
        if (!ports.TryGetValue(name, out var shape)) throw Unsuitable($"it has no {kind} '{name}'; there is {list}");
        return shape is null ? throw Unsuitable($"its {kind} '{name}' does not hold float numbers") : name;
    }

    /// <summary>Turns our input into what the network expects, in front of its own nodes.</summary>
    void Head(OnnxGraph g, string own, ImagePreprocessing p, int channels)
    {
        var before = _graph.Node.Count;
        var steps = new List<(string Op, string[] Extra, (string, object)[] Attributes)>();
        if (_convention.Reversed && channels == 3) steps.Add(("Gather", [g.Longs("reversed", 2, 1, 0)], [("axis", 1L)]));
        if (_convention.ChannelsLast) steps.Add(("Transpose", [], [("perm", new long[] { 0, 2, 3, 1 })]));
        var input = _graph.Input.First(i => i.Name == own);
        if (steps.Count == 0)
        {
            input.Type = OnnxGraph.Value(own, "N", p.Channels, p.Height, p.Width).Type;
            return;
        }
        const string ours = TensorNames.Prefix + "image";
        _graph.Input.Remove(input);
        _graph.Input.Insert(0, OnnxGraph.Value(ours, "N", p.Channels, p.Height, p.Width));
        var x = ours;
        for (var i = 0; i < steps.Count; i++) x = g.Node(steps[i].Op, [x, .. steps[i].Extra], i == steps.Count - 1 ? own : null, steps[i].Attributes);
        // A graph's nodes stand in the order they run.
        for (var i = 0; i < steps.Count; i++)
        {
            var node = _graph.Node[before + i];
            _graph.Node.RemoveAt(before + i);
            _graph.Node.Insert(i, node);
        }
    }

    /// <summary>The input of the last linear layer before the output, or null if there is none.</summary>
    string? LastLinearInput(string output)
    {
        var makers = _graph.Node.SelectMany(n => n.Output.Select(o => (o, n))).GroupBy(p => p.o).ToDictionary(p => p.Key, p => p.First().n, StringComparer.Ordinal);
        for (var (tensor, steps) = (output, 0); steps < 16 && makers.TryGetValue(tensor, out var node); steps++)
        {
            if (s_linear.Contains(node.OpType)) return node.Input[0];
            if (!s_passing.Contains(node.OpType)) return null;
            // Of a sum with a constant, the side that is computed.
            tensor = node.Input.FirstOrDefault(makers.ContainsKey) ?? "";
        }
        return null;
    }

    (int Length, string Source) Embedding(OnnxGraph g, string? tensor, string? name, float[][] pictures, ImagePreprocessing p)
    {
        var rank = 2;
        if (tensor is null)
        {
            (tensor, name) = ("logits", null);
        }
        else
        {
            if (!_graph.Node.Any(n => n.Output.Contains(tensor))) throw Unsuitable($"it has no tensor '{name}' to take as embedding");
            rank = Shape(tensor).Length;
            if (rank is not (2 or 4)) throw Unsuitable($"its tensor '{name}' has {rank} dimensions; an embedding has 2, or 4 to be averaged");
            if (rank == 4) tensor = g.Node("GlobalAveragePool", [tensor]);
        }
        g.Node("Flatten", [tensor], "embedding", ("axis", 1L));
        var shape = Shape("embedding");
        var length = checked((int)shape[1]);
        _graph.Output.Add(OnnxGraph.Value("embedding", "N", length));
        return (length, name is null ? "its logits" : rank == 4 ? $"'{name}', averaged" : $"'{name}'");

        long[] Shape(string of)
        {
            var probe = _model.Clone();
            probe.Graph.Output.Add(new ValueInfoProto { Name = of });
            using var network = OnnxNetwork.Load(probe.ToByteArray(), _path);
            return network.Run(network.Inputs.Keys.Single(), pictures[0], [1, p.Channels, p.Height, p.Width], of)[0].Shape;
        }
    }

    static float[][] Pictures(ImagePreprocessing p)
    {
        var random = new SeededRandom(1);
        var plane = p.Width * p.Height;
        return [.. Enumerable.Range(0, Trials).Select(_ =>
        {
            var picture = new float[p.Length];
            for (var i = 0; i < picture.Length; i++) picture[i] = ((float)random.NextDouble() - p.Mean[i / plane]) / p.Std[i / plane];
            return picture;
        })];
    }

    /// <summary>What the network says as it came, each picture turned into its own layout and order by hand.</summary>
    float[][] Ask(OnnxNetwork original, string input, string output, float[][] pictures, ImagePreprocessing p, out int width)
    {
        var plane = p.Width * p.Height;
        long[] shape = _convention.ChannelsLast ? [1, p.Height, p.Width, p.Channels] : [1, p.Channels, p.Height, p.Width];
        var answers = new float[pictures.Length][];
        for (var t = 0; t < pictures.Length; t++)
        {
            var own = new float[p.Length];
            for (var c = 0; c < p.Channels; c++)
            {
                var from = _convention.Reversed ? p.Channels - 1 - c : c;
                for (var i = 0; i < plane; i++) own[_convention.ChannelsLast ? i * p.Channels + c : c * plane + i] = pictures[t][from * plane + i];
            }
            answers[t] = original.Run(input, own, shape, output)[0].Values;
        }
        width = answers[0].Length;
        return answers;
    }

    void Check(float[][] answers, int width)
    {
        foreach (var a in answers)
            if (!a.All(float.IsFinite)) throw Unsuitable("it gives values that are not finite");
        var shares = answers.All(a => a.All(v => v is >= -1e-6f and <= 1 + 1e-6f) && (width == 1 || Math.Abs(a.Sum() - 1) <= 1e-3));
        if (_convention.IsProbabilities && !shares) throw Unsuitable("its output is stated to be probabilities, but they do not sum to 1; is it logits?");
        if (!_convention.IsProbabilities && shares && width > 1) throw Unsuitable("its output is stated to be logits, but it sums to 1; is it probabilities?");
    }

    double[] Probabilities(float[][] answers, int width) => [.. answers.SelectMany(a =>
    {
        double[] scores = width > 1 ? [.. a.Select(v => (double)v)] : _convention.IsProbabilities ? [1 - a[0], a[0]] : [0, a[0]];
        if (_convention.IsProbabilities) return scores;
        var max = scores.Max();
        double[] e = [.. scores.Select(s => Math.Exp(s - max))];
        return e.Select(v => v / e.Sum());
    })];

    double DemandParity(byte[] bytes, float[][] pictures, double[] expected)
    {
        using var classifier = OnnxClassifier.Load(bytes, _path, threads: 1);
        float[] together;
        try
        {
            together = classifier.Run([.. pictures.SelectMany(p => p)], pictures.Length).Probabilities;
        }
        catch (FlywheelException e) when (e.ErrorId == "ModelFileInvalid")
        {
            throw Unsuitable($"it does not take several images at once: {e.Message}", e);
        }
        return NetworkExport.DemandParity(expected, together);
    }

    FlywheelException Unsuitable(string why, Exception? inner = null) =>
        new("ForeignModelUnsuitable", FaultCategory.InvalidData, $"The ONNX file '{_path}' cannot serve as a model: {why}.", _path, "Correct the description beside it, or export the network again with float images [N, C, H, W] or [N, H, W, C] and a free batch size.", inner: inner);
}

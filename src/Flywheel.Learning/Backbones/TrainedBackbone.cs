using Flywheel.Inference;
using Flywheel.Learning.Data;
using Flywheel.Learning.Export;
using Flywheel.Learning.Training;
using Google.Protobuf;
using Onnx;

namespace Flywheel.Learning.Backbones;

/// <summary>A frozen network with its trained head.</summary>
public sealed class TrainedBackbone
{
    readonly string _path;
    readonly float[] _matrix;
    readonly float[] _bias;

    internal TrainedBackbone(string path, float[] matrix, float[] bias, IReadOnlyList<string> labels, double temperature, float[]? validationLogits)
    {
        _path = path;
        _matrix = matrix;
        _bias = bias;
        Labels = labels;
        Temperature = temperature;
        ValidationLogits = validationLogits;
    }

    /// <summary>Labels in output order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Divides the logits before softmax.</summary>
    public double Temperature { get; }

    /// <summary>Logits of the validation pictures [n × classes], or null without validation.</summary>
    public float[]? ValidationLogits { get; }

    /// <summary>Length of a feature vector.</summary>
    public int FeatureLength => _matrix.Length / _bias.Length;

    /// <summary>One ONNX file: the network's graph as it is, then pooling if its output is a map, the head, the temperature and softmax.</summary>
    /// <exception cref="FlywheelException"><c>BackboneInvalid</c>: the graph cannot be extended.</exception>
    public byte[] ToOnnx(OnnxBackbone backbone, ImagePreprocessing preprocessing, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(metadata);
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(_path));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Unsuitable($"it cannot be parsed: {e.Message}", e);
        }
        var set = model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 0;
        if (set < 9) throw Unsuitable($"its operator set is {set}; 9 or later is needed");

        var graph = model.Graph;
        TensorNames.MakeRoom(graph, "backbone/", why => Unsuitable(why));
        var features = graph.Output[0].Name;
        graph.Output.Clear();
        var g = new OnnxGraph(graph, TensorNames.Prefix);
        if (backbone.OutputRank == 4) features = g.Node("GlobalAveragePool", [features]);
        g.Node("Flatten", [features], "embedding", ("axis", 1L));
        NetworkExport.AddHead(g, "embedding", _matrix, _bias, _bias.Length, FeatureLength, Temperature);
        graph.Output.Add(OnnxGraph.Value("embedding", "N", FeatureLength));
        // The picture's size is fixed to the one the head was trained at.
        var input = graph.Input.First(i => i.Name == backbone.InputName);
        input.Type = OnnxGraph.Value(input.Name, "N", preprocessing.Channels, preprocessing.Height, preprocessing.Width).Type;
        graph.ValueInfo.Clear(); // inferred shapes of the free size would contradict it
        model.MetadataProps.Clear();
        foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        model.ProducerName = "Flywheel";
        return model.ToByteArray();
    }

    /// <summary>Largest difference of a probability between the head as trained and the exported file.</summary>
    /// <exception cref="FlywheelException"><c>ExportParityFailed</c>.</exception>
    public double DemandParity(byte[] onnx, OnnxBackbone backbone, PixelSet pictures)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(pictures);
        var count = Math.Min(64, pictures.Count);
        var inputs = pictures.Inputs(0, count);
        var features = backbone.Extract(inputs, count, pictures.Preprocessing.Width, pictures.Preprocessing.Height);
        var expected = Scores.Probabilities(new BackboneHead(_matrix, _bias).Logits(features, FeatureLength), _bias.Length, Temperature);
        using var classifier = OnnxClassifier.Load(onnx, "model.onnx", threads: 1);
        return NetworkExport.DemandParity(expected, classifier.Run(inputs, count).Probabilities);
    }

    FlywheelException Unsuitable(string why, Exception? inner = null) =>
        new("BackboneInvalid", FaultCategory.InvalidData, $"The ONNX file '{_path}' cannot serve as a backbone: {why}.", _path, "Use another feature network.", inner: inner);
}

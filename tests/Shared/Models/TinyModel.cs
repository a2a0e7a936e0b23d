using System.Security.Cryptography;
using System.Text;
using Flywheel.Engine.Workspaces;
using Flywheel.Inference;

namespace Flywheel.Tests;

/// <summary>
/// A classifier whose answers are known beforehand: open if the picture is bright, closed if it is dark, surer the farther its luma is from
/// the middle. Its embedding is the picture at 4×4. The ONNX file is spelt out here, so that these tests need no trainer.
/// </summary>
static class TinyModel
{
    public static readonly string[] Labels = ["closed", "open"];

    const int Side = 4;
    const int Pixels = Side * Side;

    /// <summary>Writes the model into the workspace and records it.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="sharpness">How much of the logit a unit of luma makes; negative for a model that is always wrong.</param>
    /// <param name="left">Share of the weight on the left half: 0.5 for a model that does not mind mirroring.</param>
    /// <param name="dataset">The dataset it claims to have learned from.</param>
    /// <param name="datasetVersion">The version of it.</param>
    public static Model Add(Workspace workspace, string name = "tiny", float sharpness = 10, float left = 0.5f, string dataset = "", string datasetVersion = "")
    {
        var (model, onnx) = Make(workspace, name, sharpness, left);
        model = model with { Path = Path.Combine(workspace.ModelsPath, name), Dataset = dataset, DatasetVersion = datasetVersion };
        Directory.CreateDirectory(model.Path);
        File.WriteAllBytes(model.OnnxPath, onnx);
        workspace.Catalogue.AddModel(model);
        return model;
    }

    /// <summary>The model and its file, not written yet.</summary>
    public static (Model Model, byte[] Onnx) Make(Workspace workspace, string name, float sharpness = 10, float left = 0.5f)
    {
        var spec = ImagePreprocessing.Raw(Side, Side, 1);
        var onnx = Onnx(spec, sharpness, left);
        var id = Convert.ToHexStringLower(SHA256.HashData(onnx))[..16];
        return (new Model
        {
            Id = id,
            Name = name,
            Path = Path.Combine(workspace.ModelsPath, id),
            Labels = Labels,
            Preprocessing = spec,
            Architecture = "mean luma",
            Workspace = workspace.Root,
            Created = DateTimeOffset.UtcNow,
        }, onnx);
    }

    /// <summary>What the model says of a flat picture: the probability of open.</summary>
    public static double Open(byte luma, float sharpness = 10) => 1 / (1 + Math.Exp(-sharpness * (luma / 255.0 - 0.5) * 2));

    static byte[] Onnx(ImagePreprocessing spec, float sharpness, float left)
    {
        var weights = new float[Pixels * 2];
        for (var p = 0; p < Pixels; p++)
        {
            var share = (p % Side < Side / 2 ? left : 1 - left) / (Pixels / 2f);
            weights[p * 2] = -sharpness * share;
            weights[p * 2 + 1] = sharpness * share;
        }
        var graph = new Message()
            .Add(1, Node("Flatten", ["input"], "embedding"))
            .Add(1, Node("Gemm", ["embedding", "w", "b"], "logits"))
            .Add(1, Node("Softmax", ["logits"], "probs"))
            .Add(2, "tiny")
            .Add(5, Tensor("w", [Pixels, 2], weights))
            .Add(5, Tensor("b", [2], [sharpness / 2, -sharpness / 2]))
            .Add(11, Value("input", [1, Side, Side]))
            .Add(12, Value("probs", [2]))
            .Add(12, Value("logits", [2]))
            .Add(12, Value("embedding", [Pixels]));
        return new Message().Add(1, 8).Add(7, graph).Add(8, new Message().Add(1, "").Add(2, 17))
            .Add(14, new Message().Add(1, ModelMetadata.LabelsKey).Add(2, ModelMetadata.WriteLabels(Labels)))
            .Add(14, new Message().Add(1, ModelMetadata.PreprocessingKey).Add(2, ModelMetadata.WritePreprocessing(spec)))
            .Bytes;
    }

    static Message Node(string op, string[] inputs, string output)
    {
        var node = new Message();
        foreach (var input in inputs) node.Add(1, input);
        return node.Add(2, output).Add(4, op);
    }

    static Message Tensor(string name, long[] dims, float[] values)
    {
        var tensor = new Message();
        foreach (var dim in dims) tensor.Add(1, dim);
        return tensor.Add(2, 1).Add(8, name).Add(9, values.SelectMany(BitConverter.GetBytes).ToArray());
    }

    static Message Value(string name, long[] dims)
    {
        var shape = new Message().Add(1, new Message().Add(2, "N"));
        foreach (var dim in dims) shape.Add(1, new Message().Add(1, dim));
        return new Message().Add(1, name).Add(2, new Message().Add(1, new Message().Add(1, 1).Add(2, shape)));
    }

    /// <summary>A protocol buffer in the making.</summary>
    sealed class Message
    {
        readonly List<byte> _bytes = [];

        public byte[] Bytes => [.. _bytes];

        public Message Add(int field, long value)
        {
            Varint((ulong)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Add(int field, byte[] value)
        {
            Varint((ulong)field << 3 | 2);
            Varint((ulong)value.Length);
            _bytes.AddRange(value);
            return this;
        }

        public Message Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

        public Message Add(int field, Message value) => Add(field, value.Bytes);

        void Varint(ulong value)
        {
            for (; value > 0x7F; value >>= 7) _bytes.Add((byte)(value | 0x80));
            _bytes.Add((byte)value);
        }
    }
}

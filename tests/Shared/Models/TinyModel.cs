using Flywheel.Engine.Training;
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
        model = model with { Dataset = dataset, DatasetVersion = datasetVersion };
        ModelFolder.Write(workspace, model, onnx, null);
        workspace.Catalogue.AddModel(model);
        return model;
    }

    /// <summary>The model and its file, not written yet.</summary>
    public static (Model Model, byte[] Onnx) Make(Workspace workspace, string name, float sharpness = 10, float left = 0.5f)
    {
        var spec = ImagePreprocessing.Raw(Side, Side, 1);
        var onnx = Onnx(spec, sharpness, left);
        var id = ModelFolder.IdOf(onnx);
        return (new Model
        {
            Id = id,
            Name = name,
            Path = ModelFolder.PathOf(workspace, id),
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
        var graph = new OnnxMessage()
            .Add(1, OnnxMessage.Node("Flatten", ["input"], "embedding"))
            .Add(1, OnnxMessage.Node("Gemm", ["embedding", "w", "b"], "logits"))
            .Add(1, OnnxMessage.Node("Softmax", ["logits"], "probs"))
            .Add(2, "tiny")
            .Add(5, OnnxMessage.Tensor("w", [Pixels, 2], weights))
            .Add(5, OnnxMessage.Tensor("b", [2], [sharpness / 2, -sharpness / 2]))
            .Add(11, OnnxMessage.Value("input", [1, Side, Side]))
            .Add(12, OnnxMessage.Value("probs", [2]))
            .Add(12, OnnxMessage.Value("logits", [2]))
            .Add(12, OnnxMessage.Value("embedding", [Pixels]));
        return new OnnxMessage().Add(1, 8).Add(7, graph).Add(8, new OnnxMessage().Add(1, "").Add(2, 17))
            .Add(14, new OnnxMessage().Add(1, ModelMetadata.LabelsKey).Add(2, ModelMetadata.WriteLabels(Labels)))
            .Add(14, new OnnxMessage().Add(1, ModelMetadata.PreprocessingKey).Add(2, ModelMetadata.WritePreprocessing(spec)))
            .Bytes;
    }
}

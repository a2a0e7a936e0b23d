using System.Security.Cryptography;
using System.Text.Json;
using Flywheel.Engine.Registry;
using Flywheel.Engine.Workspaces;
using Flywheel.Learning.Networks;

namespace Flywheel.Engine.Training;

/// <summary>
/// A model on disk: an immutable folder <c>.flywheel/models/&lt;id&gt;/</c> with <c>model.onnx</c>, <c>model.json</c>, <c>weights.bin</c> (not for
/// backbones) and <c>SHA256SUMS</c>. It is written under a temporary name and renamed when whole: there is never half a model.
/// </summary>
public static class ModelFolder
{
    /// <summary>The network.</summary>
    public const string OnnxName = "model.onnx";

    /// <summary>Values to continue from.</summary>
    public const string WeightsName = "weights.bin";

    /// <summary>What is known of the model.</summary>
    public const string DescriptionName = "model.json";

    /// <summary>A model's id: the first sixteen digits of the SHA-256 of its ONNX file.</summary>
    public static string IdOf(byte[] onnx) => Convert.ToHexStringLower(SHA256.HashData(onnx))[..16];

    /// <summary>A model's network, exactly as it was written: its content must give the model's id.</summary>
    /// <exception cref="FlywheelException"><c>ModelIsExternal</c>, <c>ModelFileMissing</c>, <c>ModelFileUnreadable</c>, <c>ModelChecksumMismatch</c>.</exception>
    public static byte[] ReadOnnx(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        const string action = "Restore the model's folder, or train again.";
        RequireNetwork(model);
        byte[] onnx;
        try
        {
            onnx = File.ReadAllBytes(model.OnnxPath);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FlywheelException("ModelFileMissing", FaultCategory.NotFound, $"The model '{model.Name}' lacks its file '{model.OnnxPath}'.", model.OnnxPath, action, inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("ModelFileUnreadable", FaultCategory.ReadError, $"The model file '{model.OnnxPath}' cannot be read: {e.Message}", model.OnnxPath, "Check the file's permissions.", inner: e);
        }
        return IdOf(onnx) == model.Id
            ? onnx
            : throw new FlywheelException("ModelChecksumMismatch", FaultCategory.SecurityError, $"The model '{model.Name}' is damaged: the content of '{model.OnnxPath}' is not what was written.", model.OnnxPath, action);
    }

    /// <summary>Refuses a model that runs elsewhere.</summary>
    /// <exception cref="FlywheelException"><c>ModelIsExternal</c>.</exception>
    public static void RequireNetwork(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.IsExternal)
            throw new FlywheelException("ModelIsExternal", FaultCategory.InvalidOperation, $"The model '{model.Name}' runs elsewhere; its predictions are here, its network is not.", model.Name,
                "Bring in what it predicts with Import-FlywheelPrediction, or the network itself with Import-FlywheelModel.");
    }

    /// <summary>Where a model lies.</summary>
    public static string PathOf(Workspace workspace, string id)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return Path.Combine(workspace.ModelsPath, id);
    }

    /// <summary>Writes a model's folder. One that is there and whole already is left as it is.</summary>
    /// <exception cref="FlywheelException"><c>ModelNotWritable</c>.</exception>
    public static void Write(Workspace workspace, Model model, byte[] onnx, NetworkWeights? weights)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        SealedFolder.Write(PathOf(workspace, model.Id), folder =>
        {
            SealedFolder.WriteFile(Path.Combine(folder, OnnxName), onnx);
            SealedFolder.WriteFile(Path.Combine(folder, DescriptionName), JsonSerializer.SerializeToUtf8Bytes(RegistryJson.Portable(model), RegistryJson.Options));
            weights?.Save(Path.Combine(folder, WeightsName));
        });
    }

    /// <summary>Checks a model's files against its checksums.</summary>
    /// <exception cref="FlywheelException"><c>ModelFileMissing</c>, <c>ModelFileUnreadable</c>, <c>ModelChecksumMismatch</c>.</exception>
    public static void Verify(Model model)
    {
        RequireNetwork(model);
        SealedFolder.Verify(model.Path, $"The model '{model.Name}'", OnnxName);
    }
}

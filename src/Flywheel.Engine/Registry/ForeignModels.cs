using System.Globalization;
using System.Text.Json;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;
using Flywheel.Inference;
using Flywheel.Learning.Foreign;

namespace Flywheel.Engine.Registry;

/// <summary>Takes in image classifiers from elsewhere.</summary>
public static class ForeignModels
{
    const long MaxBytes = 1L << 30;

    /// <summary>Rewrites an ONNX classifier by the description beside it and records it as a model.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="onnxPath">The ONNX file.</param>
    /// <param name="sidecarPath">Its description; null for the file of the same name with .yaml, .yml or .json.</param>
    /// <param name="name">Name of the model; null for the description's, or the file's.</param>
    /// <exception cref="FlywheelException"><c>FileNotFound</c>, <c>FileUnreadable</c>, <c>SidecarMissing</c>, <c>SidecarInvalid</c>, <c>ForeignModelUnsuitable</c>, <c>ModelFileInvalid</c>, <c>ModelNotWritable</c>, <c>InvalidModelName</c>.</exception>
    public static Model Import(Workspace workspace, string onnxPath, string? sidecarPath = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentException.ThrowIfNullOrEmpty(onnxPath);
        var bytes = ReadBytes(onnxPath);
        var (told, convention) = Sidecar.Read(sidecarPath ?? Beside(onnxPath));
        var stem = Path.GetFileNameWithoutExtension(onnxPath);
        var adapted = ForeignClassifier.Adapt(bytes, onnxPath, convention, new Dictionary<string, string>
        {
            [ModelMetadata.ModelKey] = JsonSerializer.Serialize(new { preset = "Imported", source = ModelFolder.IdOf(bytes) }),
        });
        var id = ModelFolder.IdOf(adapted.Onnx);
        var model = new Model
        {
            Id = id,
            Name = RegistryNames.DemandModel(workspace, name ?? told ?? stem),
            Path = ModelFolder.PathOf(workspace, id),
            Labels = convention.Labels,
            Preprocessing = adapted.Preprocessing,
            Architecture = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(onnxPath)}, {adapted.Parameters:N0} parameters; embedding of {adapted.EmbeddingLength:N0} from {adapted.EmbeddingSource}"),
            Preset = "Imported",
            ParityError = adapted.ParityError,
            Created = DateTimeOffset.UtcNow,
            Workspace = workspace.Root,
        };
        ModelFolder.Write(workspace, model, adapted.Onnx, null);
        workspace.Catalogue.AddModel(model);
        return RegistryService.Describe(workspace, model);
    }

    static string Beside(string onnxPath)
    {
        var candidates = Sidecar.Extensions.Select(e => Path.ChangeExtension(onnxPath, e)).ToList();
        return candidates.FirstOrDefault(File.Exists) ?? candidates[0];
    }

    static byte[] ReadBytes(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) throw new FlywheelException("FileNotFound", FaultCategory.NotFound, $"The file '{path}' does not exist.", path, "Give the path of an ONNX file, or of a zip from Export-FlywheelModel.");
            if (file.Length > MaxBytes) throw new FlywheelException("ModelFileInvalid", FaultCategory.LimitsExceeded, $"The model file '{path}' has {file.Length:N0} bytes; at most {MaxBytes:N0} are read.", path, "Use a smaller model.");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("FileUnreadable", FaultCategory.ReadError, $"The file '{path}' cannot be read: {e.Message}", path, "Check the file's permissions.", inner: e);
        }
    }
}

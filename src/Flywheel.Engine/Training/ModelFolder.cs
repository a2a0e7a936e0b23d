using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
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

    const string CardName = "model.json", SumsName = "SHA256SUMS", TemporaryPrefix = ".tmp-";

    static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

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
        var target = PathOf(workspace, model.Id);
        var temporary = Path.Combine(workspace.ModelsPath, TemporaryPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(workspace.ModelsPath);
            RemoveLeftovers(workspace.ModelsPath);
            Directory.CreateDirectory(temporary);
            WriteFile(Path.Combine(temporary, OnnxName), onnx);
            WriteFile(Path.Combine(temporary, CardName), JsonSerializer.SerializeToUtf8Bytes(model, s_json));
            weights?.Save(Path.Combine(temporary, WeightsName));
            var sums = new StringBuilder();
            foreach (var file in Directory.GetFiles(temporary).Order(StringComparer.Ordinal))
                sums.Append(CultureInfo.InvariantCulture, $"{HashOf(file)}  {Path.GetFileName(file)}\n");
            WriteFile(Path.Combine(temporary, SumsName), Encoding.UTF8.GetBytes(sums.ToString()));
            if (Directory.Exists(target)) // left by a process that was killed before it could register it
            {
                if (IsWhole(target))
                {
                    Directory.Delete(temporary, true);
                    return;
                }
                Directory.Delete(target, true);
            }
            Directory.Move(temporary, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("ModelNotWritable", FaultCategory.WriteError, $"The model cannot be written to '{target}': {e.Message}", target, "Make room or check the folder's permissions, and train again.", inner: e);
        }
    }

    /// <summary>Checks a model's files against its checksums.</summary>
    /// <exception cref="FlywheelException"><c>ModelFileMissing</c>, <c>ModelChecksumMismatch</c>.</exception>
    public static void Verify(Model model)
    {
        RequireNetwork(model);
        var sums = Path.Combine(model.Path, SumsName);
        if (!File.Exists(sums)) throw new FlywheelException("ModelFileMissing", FaultCategory.NotFound, $"The model '{model.Name}' has no checksums: '{sums}' does not exist.", sums, "Restore the model's folder, or train again.");
        foreach (var line in File.ReadLines(sums))
        {
            var name = line.Length > 66 ? line[66..] : "";
            if (name.Length == 0 || name != Path.GetFileName(name)) throw Damaged(sums, "a line is malformed");
            var file = Path.Combine(model.Path, name);
            if (!File.Exists(file)) throw new FlywheelException("ModelFileMissing", FaultCategory.NotFound, $"The model '{model.Name}' lacks a file: '{file}' does not exist.", file, "Restore the model's folder, or train again.");
            if (HashOf(file) != line[..64]) throw Damaged(file, "its content is not what was written");
        }

        FlywheelException Damaged(string file, string why) => new("ModelChecksumMismatch", FaultCategory.SecurityError, $"The model '{model.Name}' is damaged: '{file}': {why}.", file, "Restore the model's folder, or train again.");
    }

    static bool IsWhole(string folder)
    {
        var sums = Path.Combine(folder, SumsName);
        return File.Exists(sums) && File.ReadLines(sums).All(l => l.Length > 66 && File.Exists(Path.Combine(folder, l[66..])) && HashOf(Path.Combine(folder, l[66..])) == l[..64]);
    }

    // Of trainings that were killed while they wrote; another process may be writing right now, so only old ones.
    static void RemoveLeftovers(string models)
    {
        foreach (var folder in Directory.GetDirectories(models, TemporaryPrefix + "*"))
            if (Directory.GetLastWriteTimeUtc(folder) < DateTime.UtcNow.AddHours(-1)) Directory.Delete(folder, true);
    }

    static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    static void WriteFile(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }
}

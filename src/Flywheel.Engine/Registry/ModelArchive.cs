using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;
using Flywheel.Inference;

namespace Flywheel.Engine.Registry;

/// <summary>A model as one zip, out and in. The same model gives the same bytes, also after a round trip through another workspace.</summary>
public static class ModelArchive
{
    const long MaxBytes = 2L << 30;
    const int MaxFiles = 32;

    /// <summary>Writes what a key names: of a published model the version with its card.</summary>
    /// <exception cref="FlywheelException"><c>ModelNotFound</c>, <c>ModelVersionNotFound</c>, and as below.</exception>
    public static ModelExport Export(Workspace workspace, string key, string path, bool force = false)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var model = workspace.GetModel(key);
        return Export(model.Version is { } number ? workspace.GetModel($"v{number}") : model, path, force);
    }

    /// <summary>Writes the files of a model, or of a published version with its card, and their checksums.</summary>
    /// <param name="model">The model; every file is checked first.</param>
    /// <param name="path">The zip to make; replaced only if <paramref name="force"/>.</param>
    /// <param name="force">Replace an existing file.</param>
    /// <exception cref="FlywheelException"><c>FileExists</c>, <c>FileNotWritable</c>, <c>ModelFileMissing</c>, <c>ModelChecksumMismatch</c>.</exception>
    public static ModelExport Export(Model model, string path, bool force = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ModelFolder.Verify(model);
        if (File.Exists(path) && !force) throw new FlywheelException("FileExists", FaultCategory.AlreadyExists, $"The file '{path}' exists.", path, "Give another path, or replace it with -Force.");
        List<string> names = [.. SealedFolder.Names(model.Path), SealedFolder.SumsName];
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                StoredZip.Write(stream, names.Select(n => (n, File.ReadAllBytes(Path.Combine(model.Path, n)))));
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: force);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            throw new FlywheelException("FileNotWritable", FaultCategory.WriteError, $"The file '{path}' cannot be written: {e.Message}", path, "Check the folder's permissions and the free space.", inner: e);
        }
        using var written = File.OpenRead(path);
        return new ModelExport(path, model.Name, model.Id, model.Version, names.Count, written.Length, Convert.ToHexStringLower(SHA256.HashData(written)));
    }

    /// <summary>Takes a model out of a zip that <see cref="Export(Model, string, bool)"/> wrote. One the workspace has already is left as it is.</summary>
    /// <param name="workspace">Where to.</param>
    /// <param name="path">The zip.</param>
    /// <param name="name">Another name for the model, or null.</param>
    /// <exception cref="FlywheelException"><c>ModelArchiveInvalid</c>: it is no such zip; <c>ModelArchiveTampered</c>: a file is not what its checksum says, or wants out of the folder; <c>InvalidModelName</c>.</exception>
    public static Model Import(Workspace workspace, string path, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var files = Read(path);
        var onnx = files[ModelFolder.OnnxName];
        var described = Description(path, files[ModelFolder.DescriptionName]);
        using (var classifier = OnnxClassifier.Load(onnx, $"{path}: {ModelFolder.OnnxName}", threads: 1))
        {
            // The network itself says what it is; the description beside it must agree.
            if (ModelFolder.IdOf(onnx) != described.Id) throw Tampered(path, ModelFolder.OnnxName, "it does not have the id of the description");
            if (!classifier.Labels.SequenceEqual(described.Labels) || ModelMetadata.WritePreprocessing(classifier.Preprocessing) != ModelMetadata.WritePreprocessing(described.Preprocessing))
                throw Tampered(path, ModelFolder.DescriptionName, "its labels or its input are not the network's");
        }
        var model = described with { Name = RegistryNames.DemandModel(workspace, name ?? described.Name), Path = ModelFolder.PathOf(workspace, described.Id), Workspace = workspace.Root };
        SealedFolder.Write(model.Path, folder =>
        {
            foreach (var (file, content) in files) SealedFolder.WriteFile(Path.Combine(folder, file), content);
        });
        workspace.Catalogue.AddModel(model);
        return RegistryService.Describe(workspace, model);
    }

    static Model Description(string path, byte[] json)
    {
        Model? model;
        try
        {
            model = JsonSerializer.Deserialize<Model>(json, RegistryJson.Options);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Invalid(path, $"'{ModelFolder.DescriptionName}' is not a model's description: {e.Message.TrimEnd('.')}", e);
        }
        return model is { Id.Length: 16, Name.Length: > 0 and <= 200, Labels: not null, Preprocessing: { Mean: not null, Std: not null }, Curve: not null } && model.Id.All(char.IsAsciiHexDigitLower) && !model.Name.Any(char.IsControl)
            ? model
            : throw Invalid(path, $"'{ModelFolder.DescriptionName}' is not a model's description");
    }

    /// <summary>The files of a zip, all checked: sizes before anything is read, names, checksums.</summary>
    static Dictionary<string, byte[]> Read(string path)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var zip = ZipFile.OpenRead(path);
            if (zip.Entries.Count > MaxFiles) throw Invalid(path, $"it holds {zip.Entries.Count} files");
            if (zip.Entries.Sum(e => e.Length) > MaxBytes) throw Invalid(path, $"it holds more than {MaxBytes:N0} bytes");
            foreach (var entry in zip.Entries)
            {
                if (!SealedFolder.IsPlain(entry.FullName)) throw Tampered(path, entry.FullName, "the name is not that of a file in one folder");
                if (files.ContainsKey(entry.FullName)) throw Tampered(path, entry.FullName, "it stands twice");
                var content = new byte[entry.Length];
                using var stream = entry.Open();
                stream.ReadExactly(content); // no more than the directory promised
                if (stream.ReadByte() >= 0) throw Tampered(path, entry.FullName, "it is longer than the zip says");
                files.Add(entry.FullName, content);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FlywheelException("FileNotFound", FaultCategory.NotFound, $"The file '{path}' does not exist.", path, "Check the path.", inner: e);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Invalid(path, e.Message.TrimEnd('.'), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("FileUnreadable", FaultCategory.ReadError, $"The file '{path}' cannot be read: {e.Message}", path, "Check the file's permissions.", inner: e);
        }
        foreach (var needed in (ReadOnlySpan<string>)[SealedFolder.SumsName, ModelFolder.OnnxName, ModelFolder.DescriptionName])
            if (!files.ContainsKey(needed)) throw Invalid(path, $"it lacks '{needed}'");
        var sums = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(files[SealedFolder.SumsName]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (line.Length <= 66 || line[64..66] != "  " || !sums.TryAdd(line[66..], line[..64])) throw Tampered(path, SealedFolder.SumsName, "a line is malformed");
        foreach (var (name, content) in files.Where(f => f.Key != SealedFolder.SumsName))
        {
            if (!sums.Remove(name, out var sum)) throw Tampered(path, name, "it has no checksum");
            if (Convert.ToHexStringLower(SHA256.HashData(content)) != sum) throw Tampered(path, name, "its content is not what its checksum says");
        }
        return sums.Count == 0 ? files : throw Tampered(path, sums.Keys.First(), "it has a checksum and is not there");
    }

    static FlywheelException Invalid(string path, string why, Exception? inner = null) =>
        new("ModelArchiveInvalid", FaultCategory.InvalidData, $"'{path}' is not an exported model: {why}.", path, "Export it again with Export-FlywheelModel.", inner: inner);

    static FlywheelException Tampered(string path, string file, string why) =>
        new("ModelArchiveTampered", FaultCategory.SecurityError, $"The model in '{path}' was changed after its export: '{file}': {why}.", path, "Do not use it. Fetch it again from whoever exported it.");
}

using System.Security.Cryptography;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Datasets;

/// <summary>Image files the workspace owns: <c>images/ab/&lt;id&gt;.&lt;ext&gt;</c>.</summary>
static class OwnedImages
{
    static readonly string[] s_extensions = ["png", "jpg", "webp", "bmp", "gif"];

    /// <summary>The copy of an image, if there is one.</summary>
    public static string? Find(Workspace workspace, string id) =>
        s_extensions.Select(e => PathOf(workspace, id, e)).FirstOrDefault(File.Exists);

    /// <summary>Copies a file's bytes, unless a copy is there. It appears under its name only when it is whole.</summary>
    /// <exception cref="FlywheelException"><c>ImageChanged</c>: the bytes are not those that were measured. <c>ImageNotCopied</c>.</exception>
    public static string Add(Workspace workspace, string source, string id, string format)
    {
        var target = PathOf(workspace, id, format == "jpeg" ? "jpg" : format);
        if (File.Exists(target)) return target;
        var temporary = $"{target}.{Guid.NewGuid():n}.tmp";
        try
        {
            var bytes = File.ReadAllBytes(source);
            if (!string.Equals(Convert.ToHexStringLower(SHA256.HashData(bytes)), id, StringComparison.Ordinal))
                throw new FlywheelException("ImageChanged", FaultCategory.ReadError, $"The file '{source}' changed while it was imported.", source, "Import it again when nobody writes to it.");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new FlywheelException("ImageNotCopied", FaultCategory.WriteError, $"'{source}' cannot be copied to '{target}': {e.Message}", source, "Check the free space and the rights on the workspace.", inner: e);
        }
    }

    static string PathOf(Workspace workspace, string id, string extension) => Path.Combine(workspace.ImagesPath, id[..2], $"{id}.{extension}");
}

using System.Security.Cryptography;
using Flywheel.Engine.Workspaces;
using Flywheel.Formats.Manifests;

namespace Flywheel.Engine.Datasets;

/// <summary>
/// Writes a dataset as folders by label with a <c>manifest.csv</c>, which the importer reads back. The folder appears under its name
/// only when it is complete.
/// </summary>
public static class DatasetExporter
{
    const string ManifestName = "manifest.csv";
    static readonly string[] s_fixed = ["path", "label", "split", "id"];

    /// <summary>Exports. Images whose file is gone (<c>ImageUnreadable</c>) or changed (<c>ImageChanged</c>) are reported and left out.</summary>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>, <c>NothingToExport</c>, <c>ExportTargetExists</c>, <c>ExportFailed</c>.</exception>
    public static ExportResult Export(Workspace workspace, ExportRequest request, IReporter reporter, CancellationToken cancelToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var dataset = workspace.GetDataset(request.Dataset);
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Path));
        var isThere = File.Exists(target) || Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any();
        if (isThere && (!request.Force || File.Exists(target)))
            throw new FlywheelException("ExportTargetExists", FaultCategory.AlreadyExists, $"'{target}' exists and is not an empty folder.", target, "Choose another folder, or replace it with -Force.");
        var root = Path.TrimEndingDirectorySeparator(workspace.Root);
        if (isThere && (root + Path.DirectorySeparatorChar).StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new FlywheelException("ExportTargetExists", FaultCategory.AlreadyExists, $"'{target}' holds the workspace itself and cannot be replaced.", target, "Choose another folder.");
        var images = workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name, Split = request.Split, Labels = request.Labels }).ToList();
        if (images.Count == 0)
            throw new FlywheelException("NothingToExport", FaultCategory.InvalidOperation, $"No image of '{dataset.Name}' meets the conditions.", dataset.Name, "Ask for another split or label.");

        var temporary = $"{target}.{Guid.NewGuid():n}.tmp";
        try
        {
            Directory.CreateDirectory(temporary);
            var (written, failed, bytes) = Write(images, temporary, request.BySplit, reporter, cancelToken);
            Replace(target, temporary);
            return new ExportResult(target, Path.Combine(target, ManifestName), written, failed, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("ExportFailed", FaultCategory.WriteError, $"The dataset '{dataset.Name}' cannot be exported to '{target}': {e.Message}", target, "Check the free space and the rights on the folder.", inner: e);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    static (int Written, int Failed, long Bytes) Write(List<FlywheelImage> images, string folder, bool bySplit, IReporter reporter, CancellationToken cancelToken)
    {
        var tags = images.SelectMany(i => i.Tags.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).ToList();
        var columns = tags.ConvertAll(t => s_fixed.Contains(t, StringComparer.OrdinalIgnoreCase) ? $"tag_{t}" : t);
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase); // file systems differ in whether case matters
        int written = 0, failed = 0;
        long total = 0;
        using var meter = new ProgressMeter(reporter, "Exporting", images.Count, "images");
        using var stream = new FileStream(Path.Combine(folder, ManifestName), FileMode.CreateNew, FileAccess.Write);
        using (var manifest = new ManifestWriter(stream, [.. s_fixed, .. columns]))
        {
            foreach (var image in images)
            {
                cancelToken.ThrowIfCancellationRequested();
                byte[] bytes;
                try
                {
                    bytes = File.ReadAllBytes(image.Path);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    failed++;
                    reporter.Fault(new FlywheelException("ImageUnreadable", FaultCategory.ReadError, $"The image file '{image.Path}' cannot be read: {e.Message}", image.Path, "Bring the file back, or import with -Copy so that the workspace keeps its own.", inner: e));
                    continue;
                }
                if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != image.Id)
                {
                    failed++;
                    reporter.Fault(new FlywheelException("ImageChanged", FaultCategory.InvalidData, $"The file '{image.Path}' is no longer the image that was imported.", image.Path, "Bring the earlier file back, or import it anew."));
                    continue;
                }
                var relative = Place(image, bySplit, folders, taken);
                var path = Path.Combine(folder, relative.Replace('/', Path.DirectorySeparatorChar));
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, bytes);
                manifest.Write([relative, image.Label, image.Split == DataSplit.None ? null : image.Split.ToString(), image.Id, .. tags.Select(t => image.Tags.GetValueOrDefault(t))]);
                written++;
                total += bytes.Length;
                meter.Advance();
            }
        }
        stream.Flush(flushToDisk: true);
        return (written, failed, total);
    }

    /// <summary>A path below the export made of safe names only; different labels never share a folder, different images never a file.</summary>
    static string Place(FlywheelImage image, bool bySplit, Dictionary<string, string> folders, HashSet<string> taken)
    {
        var key = image.Label ?? "\0";
        if (!folders.TryGetValue(key, out var folder))
        {
            folder = SafeName.Of(image.Label ?? "unlabelled");
            for (var n = 2; folders.Values.Contains(folder, StringComparer.OrdinalIgnoreCase); n++) folder = $"{SafeName.Of(image.Label ?? "unlabelled")}-{n}";
            folders[key] = folder;
        }
        if (bySplit) folder = $"{(image.Split == DataSplit.None ? "none" : image.Split.ToString().ToLowerInvariant())}/{folder}";
        var name = SafeName.Of(image.Name);
        var extension = Path.GetExtension(name);
        var stem = name[..^extension.Length];
        var relative = $"{folder}/{name}";
        for (var digits = 8; !taken.Add(relative); digits += 8) relative = $"{folder}/{stem}-{image.Id[..digits]}{extension}";
        return relative;
    }

    static void Replace(string target, string temporary)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(temporary, target);
            return;
        }
        var aside = $"{target}.{Guid.NewGuid():n}.old";
        Directory.Move(target, aside);
        try
        {
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Move(aside, target);
            throw;
        }
        Directory.Delete(aside, recursive: true);
    }
}

using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;

namespace Flywheel.Engine.Production;

/// <summary>Finds out which images files are: those the catalogue has seen and that have not changed since by their records, others by reading them.</summary>
sealed class FileIdentifier(Workspace workspace)
{
    readonly Dictionary<string, IReadOnlyDictionary<string, KnownFile>> _known = new(StringComparer.Ordinal);

    /// <summary>One file.</summary>
    /// <param name="Record">The image; without measurements if the catalogue knows it. Null if the file cannot be taken.</param>
    /// <param name="IsNew">Whether the file was read.</param>
    public readonly record struct Found(ImageRecord? Record, bool IsNew);

    /// <summary>Identifies files, in their order.</summary>
    /// <param name="paths">Absolute paths.</param>
    /// <param name="fault">Gets a file's place and what is wrong with it; from several threads.</param>
    /// <param name="token">Obeyed between files.</param>
    public Found[] Identify(IReadOnlyList<string> paths, Action<int, FlywheelException> fault, CancellationToken token)
    {
        foreach (var path in paths)
        {
            var folder = Path.GetDirectoryName(path) ?? path;
            if (!_known.ContainsKey(folder)) _known[folder] = Directory.Exists(folder) ? workspace.Catalogue.KnownFiles(folder) : new Dictionary<string, KnownFile>();
        }
        var found = new Found[paths.Count];
        Parallel.For(0, paths.Count, new ParallelOptions { CancellationToken = token }, i =>
        {
            try
            {
                found[i] = Identify(paths[i]);
            }
            catch (FlywheelException e)
            {
                fault(i, e);
            }
        });
        return found;
    }

    Found Identify(string path)
    {
        var file = new FileInfo(path);
        if (Directory.Exists(path))
            throw new FlywheelException("PathIsFolder", FaultCategory.InvalidArgument, $"'{path}' is a folder.", path, "Pipe its files: Get-ChildItem lists them, with -Recurse those of its folders too.");
        if (!file.Exists)
            throw new FlywheelException("FileNotFound", FaultCategory.NotFound, $"The file '{path}' does not exist.", path, "Check the path.");
        if (_known[file.DirectoryName ?? path].TryGetValue(path, out var known) && known.Bytes == file.Length && known.ModifiedTicks == file.LastWriteTimeUtc.Ticks)
            return new Found(new ImageRecord { Id = known.ImageId, Path = path, Format = "", Bytes = known.Bytes, ModifiedTicks = known.ModifiedTicks }, false);
        var seen = ImageInspector.Inspect(path);
        return new Found(new ImageRecord { Id = seen.Id, Path = path, Format = seen.Format, Bytes = seen.Bytes, ModifiedTicks = seen.ModifiedTicks, Measurement = seen.Measurement }, true);
    }
}

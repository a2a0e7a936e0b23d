using System.Globalization;
using System.Text;
using Flywheel.Formats.Annotations;

namespace Flywheel.Engine.Annotations;

/// <summary>The folder of a task: copies of the images, and last of all the file that makes it one.</summary>
static class TaskFolder
{
    /// <summary>Name of the folder of copies.</summary>
    public const string Images = "images";

    /// <summary>Name of an image's copy, made from its place and key, so that no odd name reaches a tool.</summary>
    public static string FileOf(int position, string key, string source) => string.Create(CultureInfo.InvariantCulture, $"{position + 1:0000}-{key}{Extension(source)}");

    static string Extension(string source)
    {
        var extension = Path.GetExtension(source);
        return extension.Length > 1 && extension.Skip(1).All(char.IsAsciiLetterOrDigit) ? extension.ToLowerInvariant() : "";
    }

    /// <summary>Checks that the folder is free.</summary>
    /// <exception cref="FlywheelException"><c>LabelFolderInUse</c>.</exception>
    public static void Require(string folder, IReadOnlyList<string> mainFiles)
    {
        if (mainFiles.Select(f => Path.Combine(folder, f)).FirstOrDefault(File.Exists) is { } there)
            throw new FlywheelException("LabelFolderInUse", FaultCategory.AlreadyExists, $"The folder '{folder}' holds a labelling task already.", folder, $"Take it back with Receive-FlywheelAnnotation '{there}' and delete it, or name another folder.");
        if (File.Exists(folder) || Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(e => Path.GetFileName(e) is var name && name != Images && !name.StartsWith('0')))
            throw new FlywheelException("LabelFolderInUse", FaultCategory.AlreadyExists, $"The folder '{folder}' is not empty and holds no labelling task.", folder, "Name a folder of its own.");
    }

    /// <summary>Copies the images.</summary>
    /// <exception cref="FlywheelException"><c>FileNotWritable</c>.</exception>
    public static void Copy(IReadOnlyList<(FlywheelImage Image, TaskImage Task)> images, string folder, IReporter reporter, CancellationToken token)
    {
        Guard(folder, () =>
        {
            Directory.CreateDirectory(folder);
            using var meter = new ProgressMeter(reporter, "Copying images", images.Count, "images");
            foreach (var (image, task) in images)
            {
                token.ThrowIfCancellationRequested();
                File.Copy(image.Path, Path.Combine(folder, task.File), overwrite: true);
                meter.Advance();
            }
        });
    }

    /// <summary>Writes a file under a temporary name, flushes it and renames it.</summary>
    /// <exception cref="FlywheelException"><c>FileNotWritable</c>.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        Guard(Path.GetDirectoryName(path)!, () =>
        {
            try
            {
                using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }
                File.Move(temporary, path, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        });
    }

    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes many small files; the main file, which comes after them, is the one that counts.</summary>
    public static void WriteAll(IEnumerable<(string Path, string Text)> files, string folder, CancellationToken token) => Guard(folder, () =>
    {
        foreach (var (path, text) in files)
        {
            token.ThrowIfCancellationRequested();
            File.WriteAllText(path, text);
        }
    });

    static void Guard(string folder, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("FileNotWritable", FaultCategory.WriteError, $"The labelling folder '{folder}' cannot be filled: {e.Message}", folder, "Check the folder's permissions and the free space.", inner: e);
        }
    }
}

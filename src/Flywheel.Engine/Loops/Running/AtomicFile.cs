using System.Text;

namespace Flywheel.Engine.Loops.Running;

/// <summary>Writes files that are there wholly or not at all.</summary>
static class AtomicFile
{
    /// <summary>Writes to a temporary name beside the target, flushes to the disk, renames.</summary>
    /// <exception cref="FlywheelException"><c>FileNotWritable</c>.</exception>
    public static void Write(string path, string text)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            throw new FlywheelException("FileNotWritable", FaultCategory.WriteError, $"The file '{path}' cannot be written: {e.Message}", path, "Check the folder's permissions and the free space.", inner: e);
        }
    }
}

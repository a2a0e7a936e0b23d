using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flywheel.Engine.Registry;

/// <summary>
/// A folder that is written once, whole, and carries the SHA-256 of every file in <c>SHA256SUMS</c> (the format of sha256sum). It is written
/// under a temporary name, flushed and renamed: there is never half of one.
/// </summary>
static class SealedFolder
{
    /// <summary>The checksums.</summary>
    public const string SumsName = "SHA256SUMS";

    const string TemporaryPrefix = ".tmp-";

    /// <summary>Makes a folder. One that is there and whole already is left as it is; one that is not is replaced.</summary>
    /// <param name="target">Where.</param>
    /// <param name="fill">Writes the files into the folder it is given.</param>
    /// <exception cref="FlywheelException"><c>ModelNotWritable</c>.</exception>
    public static void Write(string target, Action<string> fill)
    {
        var parent = Path.GetDirectoryName(target)!;
        var temporary = Path.Combine(parent, TemporaryPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(parent);
            RemoveLeftovers(parent);
            Directory.CreateDirectory(temporary);
            fill(temporary);
            if (!File.Exists(Path.Combine(temporary, SumsName))) WriteFile(Path.Combine(temporary, SumsName), Sums(temporary));
            if (Directory.Exists(target)) // left by a process that was killed before it could record it
            {
                if (Fault(target) is null)
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
            throw new FlywheelException("ModelNotWritable", FaultCategory.WriteError, $"The model cannot be written to '{target}': {e.Message}", target, "Make room or check the folder's permissions, and try again.", inner: e);
        }
    }

    /// <summary>Writes a file and flushes it to the disk.</summary>
    public static void WriteFile(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Names of the files the checksums cover, as they stand there.</summary>
    public static IReadOnlyList<string> Names(string folder) => [.. File.ReadLines(Path.Combine(folder, SumsName)).Select(l => l[66..])];

    /// <summary>Checks every file.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="what">What messages call it: <c>The model 'eyes-1'</c>.</param>
    /// <param name="required">Files that must be covered.</param>
    /// <exception cref="FlywheelException"><c>ModelFileMissing</c>, <c>ModelFileUnreadable</c>, <c>ModelChecksumMismatch</c>; the target is the file.</exception>
    public static void Verify(string folder, string what, params ReadOnlySpan<string> required)
    {
        const string action = "Restore the folder from a backup, or train and publish another model.";
        if (Fault(folder, required) is not var (file, why, missing)) return;
        throw missing
            ? new FlywheelException("ModelFileMissing", FaultCategory.NotFound, $"{what} lacks a file: '{file}' {why}.", file, action)
            : new FlywheelException("ModelChecksumMismatch", FaultCategory.SecurityError, $"{what} is damaged: '{file}': {why}.", file, action);
    }

    /// <summary>The first file that is not as it was written, or null.</summary>
    static (string File, string Why, bool Missing)? Fault(string folder, params ReadOnlySpan<string> required)
    {
        var sums = Path.Combine(folder, SumsName);
        try
        {
            if (!File.Exists(sums)) return (sums, "does not exist", true);
            var covered = new HashSet<string>(StringComparer.Ordinal);
            foreach (var line in File.ReadLines(sums))
            {
                var name = line.Length > 66 ? line[66..] : "";
                if (!IsPlain(name)) return (sums, "a line is malformed", false);
                var file = Path.Combine(folder, name);
                if (!File.Exists(file)) return (file, "does not exist", true);
                if (HashOf(file) != line[..64]) return (file, "its content is not what was written", false);
                covered.Add(name);
            }
            foreach (var name in required)
                if (!covered.Contains(name)) return (sums, $"it does not cover '{name}'", false);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("ModelFileUnreadable", FaultCategory.ReadError, $"'{folder}' cannot be read: {e.Message}", folder, "Check the permissions.", inner: e);
        }
    }

    /// <summary>A file name without a way out of its folder, on any system.</summary>
    public static bool IsPlain(string name) => name.Length is > 0 and <= 100 && name is not ("." or "..") && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    static byte[] Sums(string folder)
    {
        var sums = new StringBuilder();
        foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal)) sums.Append(CultureInfo.InvariantCulture, $"{HashOf(file)}  {Path.GetFileName(file)}\n");
        return Encoding.UTF8.GetBytes(sums.ToString());
    }

    // Of processes that were killed while they wrote; another may be writing right now, so only old ones.
    static void RemoveLeftovers(string parent)
    {
        foreach (var folder in Directory.GetDirectories(parent, TemporaryPrefix + "*"))
            if (Directory.GetLastWriteTimeUtc(folder) < DateTime.UtcNow.AddHours(-1)) Directory.Delete(folder, true);
    }

    static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

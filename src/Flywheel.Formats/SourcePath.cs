namespace Flywheel.Formats;

/// <summary>Paths as files written elsewhere give them.</summary>
static class SourcePath
{
    /// <summary>The absolute path. Backslashes separate folders everywhere.</summary>
    public static string Resolve(string stated, string root) => Path.GetFullPath(Path.DirectorySeparatorChar == '/' ? stated.Replace('\\', '/') : stated, root);

    /// <summary>Whether a file lies below a folder.</summary>
    public static bool IsInside(string root, string path)
    {
        var prefix = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        return path.StartsWith(prefix, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }
}

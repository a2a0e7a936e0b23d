using System.IO.Enumeration;

namespace Flywheel.Formats.Sources;

/// <summary>Lists the image files below a folder with size and time, one look at each. Links to folders are not followed.</summary>
sealed class FolderScan : FileSystemEnumerator<(string Path, long Bytes, long ModifiedTicks)>
{
    static readonly HashSet<string> s_images = new(StringComparer.OrdinalIgnoreCase) { ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".dib", ".gif" };
    static readonly HashSet<string> s_unsupported = new(StringComparer.OrdinalIgnoreCase) { ".tif", ".tiff", ".heic", ".heif", ".avif", ".jp2", ".dcm", ".raw", ".cr2", ".nef", ".ppm", ".pgm" };

    readonly IReporter _reporter;
    readonly CancellationToken _cancelToken;
    readonly Dictionary<string, int> _ignored = new(StringComparer.OrdinalIgnoreCase);
    string _folder;

    FolderScan(string folder, IReporter reporter, CancellationToken cancelToken)
        : base(folder, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System, IgnoreInaccessible = false })
    {
        _folder = folder;
        _reporter = reporter;
        _cancelToken = cancelToken;
    }

    public static bool IsImage(string path) => s_images.Contains(System.IO.Path.GetExtension(path));

    public static List<(string Path, long Bytes, long ModifiedTicks)> Run(string folder, IReporter reporter, CancellationToken cancelToken, out int faults)
    {
        var files = new List<(string, long, long)>();
        using var scan = new FolderScan(folder, reporter, cancelToken);
        while (scan.MoveNext()) files.Add(scan.Current);
        faults = scan.Faults;
        foreach (var (extension, count) in scan._ignored.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (s_unsupported.Contains(extension)) reporter.Warning($"{count} {extension} files in '{folder}' are left out: the format is not supported. Convert them to PNG or JPEG.");
            else reporter.Verbose($"{count} files with the extension '{extension}' in '{folder}' are no images and are left out.");
        }
        return files;
    }

    int Faults { get; set; }

    protected override bool ShouldIncludeEntry(ref FileSystemEntry entry)
    {
        _cancelToken.ThrowIfCancellationRequested();
        if (entry.IsDirectory) return false;
        var extension = System.IO.Path.GetExtension(entry.FileName);
        if (s_images.GetAlternateLookup<ReadOnlySpan<char>>().Contains(extension)) return true;
        var counts = _ignored.GetAlternateLookup<ReadOnlySpan<char>>();
        counts[extension] = counts.TryGetValue(extension, out var n) ? n + 1 : 1;
        return false;
    }

    protected override bool ShouldRecurseIntoEntry(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0;

    protected override (string, long, long) TransformEntry(ref FileSystemEntry entry) => (entry.ToFullPath(), entry.Length, entry.LastWriteTimeUtc.UtcTicks);

    protected override void OnDirectoryFinished(ReadOnlySpan<char> directory) => _folder = directory.ToString();

    protected override bool ContinueOnError(int error)
    {
        Faults++;
        _reporter.Fault(new FlywheelException("FolderUnreadable", FaultCategory.ReadError, $"A folder below '{_folder}' cannot be read (system error {error}).", _folder,
            "Check the rights on the folder; the rest was taken."));
        return true;
    }
}

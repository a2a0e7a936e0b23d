namespace Flywheel.Formats.Sources;

/// <summary>Lists what a folder, a file or a manifest offers, with labels and tags. Reads no image.</summary>
public static class SourceReader
{
    static readonly IReadOnlyDictionary<string, string> s_noTags = new Dictionary<string, string>();

    /// <summary>
    /// Lists the source. Items that cannot be taken are reported and left out: <c>NameDoesNotMatch</c>, <c>LabelNotMapped</c> (once per
    /// raw label), <c>FileHasNoLabel</c>, <c>FolderUnreadable</c>, <c>ManifestRowInvalid</c>, <c>ManifestFileMissing</c>, <c>ManifestPathOutside</c>;
    /// of files named one by one also <c>SourceNotFound</c> and <c>SourceIsNoImage</c>.
    /// </summary>
    /// <exception cref="FlywheelException">
    /// <c>SourceNotFound</c>, <c>SourceIsNoImage</c>, <c>InvalidNamePattern</c>, <c>NamePatternHasNoLabel</c>, <c>NamePatternMatchesNothing</c>,
    /// <c>NamePatternTimeout</c>, <c>InvalidLabelMap</c>, <c>LabelMapWithoutLabels</c>, <c>NoFolderLabels</c>, <c>ManifestColumnMissing</c>,
    /// <c>ManifestColumnDuplicate</c>, <c>ManifestEmpty</c>, <c>ManifestUnreadable</c>.
    /// </exception>
    public static SourceListing Read(SourceOptions options, IReporter reporter, CancellationToken cancelToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(reporter);
        var pattern = options.NamePattern is { } text ? new NamePattern(text) : null;
        LabelMapper.Validate(options.LabelMap);
        if (options.Unlabeled && options.LabelMap is not null)
            throw new FlywheelException("LabelMapWithoutLabels", FaultCategory.InvalidArgument, "A label map was given for images to be taken without labels.", options.LabelMap, "Give either -LabelMap or -Unlabeled.");

        if (options.Files is not null) return ReadFiles(options, pattern, reporter, cancelToken);
        if (Directory.Exists(options.Path)) return ReadFolder(options, pattern, reporter, cancelToken);
        if (!File.Exists(options.Path))
            throw new FlywheelException("SourceNotFound", FaultCategory.NotFound, $"There is no folder or file '{options.Path}'.", options.Path, "Check the path.");
        if (Path.GetExtension(options.Path).ToUpperInvariant() is ".CSV" or ".TSV") return ManifestReader.Read(options, pattern, reporter, cancelToken);
        if (!FolderScan.IsImage(options.Path))
            throw new FlywheelException("SourceIsNoImage", FaultCategory.InvalidArgument, $"'{options.Path}' is neither a folder, a CSV manifest nor an image file.", options.Path, "Give a folder, a .csv manifest, or a PNG, JPEG, WebP, BMP or GIF file.");
        var info = new FileInfo(options.Path);
        return FromFiles(options, pattern, Path.GetDirectoryName(Path.GetFullPath(options.Path))!, [(info.FullName, info.Length, info.LastWriteTimeUtc.Ticks)], 0, single: true, reporter, cancelToken);
    }

    static SourceListing ReadFolder(SourceOptions options, NamePattern? pattern, IReporter reporter, CancellationToken cancelToken)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Path));
        var files = FolderScan.Run(root, reporter, cancelToken, out var faults);
        return FromFiles(options, pattern, root, files, faults, single: false, reporter, cancelToken);
    }

    static SourceListing ReadFiles(SourceOptions options, NamePattern? pattern, IReporter reporter, CancellationToken cancelToken)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Path));
        var files = new List<(string, long, long)>();
        var faults = 0;
        foreach (var path in options.Files!.Distinct(StringComparer.Ordinal))
        {
            var info = new FileInfo(path);
            if (!info.Exists) Fault("SourceNotFound", FaultCategory.NotFound, path, $"There is no file '{path}'.", "Check the path.");
            else if (!FolderScan.IsImage(path)) Fault("SourceIsNoImage", FaultCategory.InvalidArgument, path, $"'{path}' is no image file.", "Give PNG, JPEG, WebP, BMP or GIF files.");
            else files.Add((info.FullName, info.Length, info.LastWriteTimeUtc.Ticks));
        }
        return FromFiles(options, pattern, root, files, faults, single: false, reporter, cancelToken);

        void Fault(string id, FaultCategory category, string path, string message, string action)
        {
            faults++;
            reporter.Fault(new FlywheelException(id, category, message, path, action, new SourceLocation(path)));
        }
    }

    static SourceListing FromFiles(SourceOptions options, NamePattern? pattern, string root, List<(string Path, long Bytes, long ModifiedTicks)> files, int faults, bool single, IReporter reporter, CancellationToken cancelToken)
    {
        var start = Path.EndsInDirectorySeparator(root) ? root.Length : root.Length + 1;
        var byFolder = !options.Unlabeled && pattern is not { HasLabel: true };
        // Labels are asked for and can come from folders only, but every file lies in the top folder.
        if (byFolder && files.Count > 0 && (single || files.TrueForAll(f => f.Path.AsSpan(start).IndexOfAny('/', '\\') < 0)))
        {
            if (pattern is not null)
                throw new FlywheelException("NamePatternHasNoLabel", FaultCategory.InvalidArgument, $"The name pattern '{pattern.Text}' has no group 'label', and no folders below '{root}' tell the labels.", pattern.Text,
                    "Add (?<label>…) to the pattern, or import without labels with -Unlabeled.");
            throw new FlywheelException("NoFolderLabels", FaultCategory.InvalidArgument, $"Nothing tells the labels of the {files.Count} files in '{root}': they lie in no folder of their own.", options.Path,
                "Put each class into a folder, take labels from the names with -NamePattern '…(?<label>…)…', from a CSV manifest, or import without labels with -Unlabeled.");
        }

        var labels = new LabelMapper(options.LabelMap, byFolder ? "folder name" : "group 'label' of the name pattern");
        var candidates = new List<SourceCandidate>(files.Count);
        var unmatched = new List<string>();
        var noLabel = new List<string>();
        foreach (var (path, bytes, modified) in files)
        {
            cancelToken.ThrowIfCancellationRequested();
            var relative = path[start..];
            if (Path.DirectorySeparatorChar != '/') relative = relative.Replace(Path.DirectorySeparatorChar, '/');
            Dictionary<string, string>? tags = null;
            string? raw = null;
            if (pattern is not null)
            {
                tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                if (!pattern.TryMatch(relative, tags, out raw))
                {
                    unmatched.Add(path);
                    continue;
                }
            }
            var slash = relative.LastIndexOf('/');
            var folder = slash < 0 ? "" : relative[..slash];
            if (byFolder)
            {
                // The file's own folder is the label; what lies above it is worth keeping as a tag.
                var cut = folder.LastIndexOf('/');
                raw = folder[(cut + 1)..];
                folder = cut < 0 ? "" : folder[..cut];
            }
            if (options.Unlabeled) folder = ""; // it may tell the label
            if (folder.Length > 0) (tags ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)).TryAdd("folder", folder);

            string? label = null;
            if (!options.Unlabeled)
            {
                if (string.IsNullOrWhiteSpace(raw))
                {
                    noLabel.Add(path);
                    continue;
                }
                if (!labels.TryMap(raw, path, null, out label)) continue;
            }
            candidates.Add(new SourceCandidate(path, relative, bytes, modified, label, tags ?? s_noTags));
        }

        if (unmatched.Count > 0 && unmatched.Count == files.Count)
            throw new FlywheelException("NamePatternMatchesNothing", FaultCategory.InvalidArgument,
                $"The name pattern '{pattern!.Text}' matches none of the {files.Count} files in '{root}', such as '{Path.GetFileName(unmatched[0])}'.", pattern.Text, "Compare the pattern with the names.");
        foreach (var path in unmatched)
            reporter.Fault(new FlywheelException("NameDoesNotMatch", FaultCategory.InvalidData, $"The name of '{path}' does not match the pattern '{pattern!.Text}'; the file was left out.", path,
                "Extend the pattern, or rename the file.", new SourceLocation(path)));
        foreach (var path in noLabel)
            reporter.Fault(new FlywheelException("FileHasNoLabel", FaultCategory.InvalidData, byFolder
                ? $"'{path}' lies in no folder that tells its label; the file was left out."
                : $"The name pattern found no label in the name of '{path}'; the file was left out.", path, "Move or rename the file, or import it on its own with -Unlabeled.", new SourceLocation(path)));
        labels.Report(reporter);
        candidates.Sort((a, b) => string.CompareOrdinal(a.Relative, b.Relative));
        return new SourceListing(root, candidates, faults + unmatched.Count + noLabel.Count + labels.Missing);
    }
}

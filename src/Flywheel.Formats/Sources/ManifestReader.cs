using Sylvan.Data.Csv;

namespace Flywheel.Formats.Sources;

/// <summary>
/// A CSV with a header: <c>path</c> (relative to the CSV), optionally <c>label</c>, every other column a tag; empty fields give nothing.
/// </summary>
static class ManifestReader
{
    public static SourceListing Read(SourceOptions options, NamePattern? pattern, IReporter reporter, CancellationToken cancelToken)
    {
        var file = options.Path;
        var root = Path.GetDirectoryName(file)!;
        var labels = new LabelMapper(options.LabelMap, "column 'label'");
        var candidates = new List<SourceCandidate>();
        var faults = 0;
        try
        {
            using var text = new StreamReader(file);
            if (text.Peek() < 0) throw Empty(file);
            using var csv = CsvDataReader.Create(text, new CsvDataReaderOptions
            {
                Comment = '\0', // a file name may start with '#'
                MaxBufferSize = 1 << 24,
            });
            var header = Header(csv, file);
            var pathColumn = Column(header, "path") ?? throw MissingPath(file, header);
            var labelColumn = Column(header, "label");
            var labelled = !options.Unlabeled && (labelColumn is not null || pattern is { HasLabel: true });
            if (options.LabelMap is not null && !labelled)
                throw new FlywheelException("ManifestColumnMissing", FaultCategory.InvalidData, $"{file}(1): a label map was given, but the manifest has no column 'label'. It has: {string.Join(", ", header)}.", "label",
                    Suggest("label", header), new SourceLocation(file, 1, null, "label"));

            var line = 1 + header.Sum(Breaks);
            while (Next())
            {
                cancelToken.ThrowIfCancellationRequested();
                var start = ++line;
                var fields = csv.RowFieldCount;
                for (var i = 0; i < Math.Min(fields, header.Length); i++) line += Breaks(csv.GetString(i));
                if (fields == 1 && csv.GetString(0).Length == 0) continue; // an empty line
                if (fields != header.Length)
                {
                    Fault("ManifestRowInvalid", FaultCategory.InvalidData, start, null, $"the row has {fields} fields, the header {header.Length}", $"row {start}", "Give every row as many fields as the header; quote fields that contain the delimiter.");
                    continue;
                }
                var stated = csv.GetString(pathColumn).Trim();
                if (stated.Length == 0)
                {
                    Fault("ManifestRowInvalid", FaultCategory.InvalidData, start, header[pathColumn], "the path is empty", $"row {start}", "Name the image's file.");
                    continue;
                }
                if (stated.Contains('\0', StringComparison.Ordinal))
                {
                    Fault("ManifestRowInvalid", FaultCategory.InvalidData, start, header[pathColumn], "the path has a null character", $"row {start}", "Name the image's file.");
                    continue;
                }
                var rooted = Path.IsPathRooted(stated);
                var path = SourcePath.Resolve(stated, root);
                if (!options.AllowOutside && !SourcePath.IsInside(root, path))
                {
                    Fault("ManifestPathOutside", FaultCategory.SecurityError, start, header[pathColumn], $"'{stated}' lies outside the manifest's folder '{root}'", stated,
                        "Move the manifest above its images, or allow it with -AllowOutside if you trust it.");
                    continue;
                }
                var info = new FileInfo(path);
                if (!info.Exists)
                {
                    Fault("ManifestFileMissing", FaultCategory.NotFound, start, header[pathColumn], $"there is no file '{stated}'", stated, $"Paths are relative to '{root}'. Correct the row, or copy the file there.");
                    continue;
                }
                var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                var relative = rooted && !SourcePath.IsInside(root, path) ? path.Replace('\\', '/') : Path.GetRelativePath(root, path).Replace('\\', '/');
                string? raw = null;
                if (pattern is not null && !pattern.TryMatch(relative, tags, out raw))
                {
                    Fault("NameDoesNotMatch", FaultCategory.InvalidData, start, header[pathColumn], $"'{stated}' does not match the name pattern '{pattern.Text}'", stated, "Correct the pattern, or leave it out: a manifest's columns are tags already.");
                    continue;
                }
                for (var i = 0; i < header.Length; i++)
                {
                    if (i == pathColumn) continue;
                    var value = csv.GetString(i);
                    if (value.Length == 0) continue;
                    if (i == labelColumn) raw = value;
                    else tags[header[i]] = value;
                }
                string? label = null;
                if (labelled && raw is not null && !labels.TryMap(raw, stated, new SourceLocation(file, start, null, labelColumn is { } c ? header[c] : null), out label)) continue;
                candidates.Add(new SourceCandidate(path, relative, info.Length, info.LastWriteTimeUtc.Ticks, label, tags));

                void Fault(string id, FaultCategory category, int row, string? field, string what, object target, string action)
                {
                    faults++;
                    reporter.Fault(new FlywheelException(id, category, $"{file}({row}){(field is null ? "" : $", column '{field}'")}: {what}.", target, action, new SourceLocation(file, row, null, field)));
                }
            }

            bool Next()
            {
                try
                {
                    return csv.Read();
                }
                catch (Exception e) when (e is CsvFormatException or InvalidDataException)
                {
                    throw Malformed(file, line + 1, e);
                }
            }
        }
        catch (CsvFormatException e)
        {
            throw Malformed(file, e.RowNumber + 1, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("ManifestUnreadable", FaultCategory.ReadError, $"The manifest '{file}' cannot be read: {e.Message}", file, "Check that you may read the file.", inner: e);
        }
        labels.Report(reporter);
        candidates.Sort((a, b) => string.CompareOrdinal(a.Relative, b.Relative));
        return new SourceListing(root, candidates, faults + labels.Missing);
    }

    static string[] Header(CsvDataReader csv, string file)
    {
        var header = Enumerable.Range(0, csv.FieldCount).Select(i => csv.GetName(i).Trim()).ToArray();
        if (header.Length == 0 || header.All(h => h.Length == 0))
            throw Empty(file);
        if (header.Where(h => h.Length > 0).CountBy(h => h, StringComparer.OrdinalIgnoreCase).FirstOrDefault(h => h.Value > 1) is { Key: { } twice })
            throw new FlywheelException("ManifestColumnDuplicate", FaultCategory.InvalidData, $"{file}(1): the column '{twice}' stands twice in the header.", twice, "Rename or remove one of them.", new SourceLocation(file, 1, null, twice));
        for (var i = 0; i < header.Length; i++)
            if (header[i].Length == 0) header[i] = $"column{i + 1}";
        return header;
    }

    static FlywheelException Empty(string file) => new("ManifestEmpty", FaultCategory.InvalidData, $"{file}(1): the manifest is empty.", file, "Write a header with the column 'path' and one row per image.", new SourceLocation(file, 1));

    static int? Column(string[] header, string name)
    {
        var at = Array.FindIndex(header, h => h.Equals(name, StringComparison.OrdinalIgnoreCase));
        return at < 0 ? null : at;
    }

    static FlywheelException MissingPath(string file, string[] header) => new("ManifestColumnMissing", FaultCategory.InvalidData,
        $"{file}(1): the manifest has no column 'path'. It has: {string.Join(", ", header)}.", "path", Suggest("path", header), new SourceLocation(file, 1, null, "path"));

    static string Suggest(string column, string[] header) => NearestName.Of(column, header) is { } near
        ? $"Rename the column '{near}' to '{column}'."
        : $"Give the file's first line a column '{column}'.";

    static FlywheelException Malformed(string file, int line, Exception e) => new("ManifestRowInvalid", FaultCategory.InvalidData,
        $"{file}({line}): the row cannot be read: {e.Message}", $"row {line}", "Quote fields that contain quotes or line breaks, and double the quotes inside. Nothing of the manifest was taken.", new SourceLocation(file, line), e);

    static int Breaks(string field) => field.AsSpan().Count('\n');
}

using Sylvan.Data.Csv;

namespace Flywheel.Formats.Logs;

/// <summary>
/// A log of a model or of its users: CSV with a header (the delimiter is found out), or JSON Lines. Rows stream, so that a log of any
/// length takes the memory of one row, which may have 16 million characters at most.
/// </summary>
public sealed class LogFile
{
    /// <summary>Lines of a JSON Lines log that are looked at to learn its keys.</summary>
    const int SampledLines = 100;

    const int LongestRow = 1 << 24;

    readonly bool _json;

    LogFile(string path, bool json, IReadOnlyList<string> columns)
    {
        Path = path;
        _json = json;
        Columns = columns;
    }

    /// <summary>The file, absolute.</summary>
    public string Path { get; }

    /// <summary>The header's columns; of JSON Lines the keys of the first hundred lines.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Learns the log's kind and columns.</summary>
    /// <exception cref="FlywheelException"><c>LogNotFound</c>, <c>LogUnreadable</c>, <c>LogEmpty</c>, <c>LogColumnDuplicate</c>, <c>LogIsJsonArray</c>, <c>LogRowInvalid</c>.</exception>
    public static LogFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = System.IO.Path.GetFullPath(path);
        return Guard(path, () =>
        {
            using var text = new StreamReader(path);
            int first;
            while ((first = text.Peek()) >= 0 && char.IsWhiteSpace((char)first)) text.Read();
            switch (first)
            {
                case < 0:
                    throw Empty(path);
                case '[':
                    throw new FlywheelException("LogIsJsonArray", FaultCategory.InvalidData, $"'{path}' is one JSON array.", path, "Write JSON Lines: one object per line, without brackets or commas around them.", new SourceLocation(path, 1));
                case '{':
                    var keys = new List<string>();
                    foreach (var row in new LogFile(path, true, []).Rows(_ => { }, default).Take(SampledLines))
                        foreach (var key in row.Fields.Keys)
                            if (!keys.Contains(key, StringComparer.OrdinalIgnoreCase)) keys.Add(key);
                    return new LogFile(path, true, keys);
                default:
                    using (var whole = new StreamReader(path))
                    using (var csv = Csv(whole)) return new LogFile(path, false, Header(csv, path));
            }
        });
    }

    /// <summary>Streams the rows from the start. A row that cannot be read is a fault and left out; after a CSV row with broken quotes nothing can be told any more, and the rest is left out.</summary>
    /// <param name="fault">Gets <c>LogRowInvalid</c>.</param>
    /// <param name="token">Obeyed between rows.</param>
    /// <exception cref="FlywheelException"><c>LogUnreadable</c>.</exception>
    public IEnumerable<LogRow> Rows(Action<FlywheelException> fault, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return _json ? JsonRows(fault, token) : CsvRows(fault, token);
    }

    IEnumerable<LogRow> CsvRows(Action<FlywheelException> fault, CancellationToken token)
    {
        using var text = Guard(Path, () => new StreamReader(Path));
        using var csv = Guard(Path, () => Csv(text));
        var line = 1 + Enumerable.Range(0, csv.FieldCount).Sum(i => Breaks(csv.GetName(i)));
        while (true)
        {
            token.ThrowIfCancellationRequested();
            FlywheelException? broken = null;
            var more = Guard(Path, () =>
            {
                try
                {
                    return csv.Read();
                }
                catch (Exception e) when (e is CsvFormatException or InvalidDataException)
                {
                    broken = Invalid(line + 1, null, $"the row cannot be read: {e.Message}", "Quote fields that contain quotes or line breaks, and double the quotes inside. The rows before it were taken; correct the log and import it again, nothing is taken twice.", e);
                    return false;
                }
            });
            if (broken is not null) fault(broken);
            if (!more) yield break;
            var start = ++line;
            var count = csv.RowFieldCount;
            var fields = new Dictionary<string, string>(Columns.Count, StringComparer.OrdinalIgnoreCase);
            for (var i = 0; i < count; i++)
            {
                var value = csv.GetString(i);
                line += Breaks(value);
                if (i < Columns.Count && value.Length > 0) fields[Columns[i]] = value;
            }
            if (count == 1 && fields.Count == 0) continue; // an empty line
            if (count != Columns.Count) fault(Invalid(start, null, $"the row has {count} fields, the header {Columns.Count}", "Give every row as many fields as the header; quote fields that contain the delimiter."));
            else yield return new LogRow(start, fields);
        }
    }

    IEnumerable<LogRow> JsonRows(Action<FlywheelException> fault, CancellationToken token)
    {
        using var text = Guard(Path, () => new StreamReader(Path));
        var lines = new BoundedLines(text, LongestRow);
        for (var line = 1; ; line++)
        {
            token.ThrowIfCancellationRequested();
            string? content = null;
            if (!Guard(Path, () => lines.Next(out content))) yield break;
            if (content is { } blank && string.IsNullOrWhiteSpace(blank)) continue;
            Dictionary<string, string>? fields = null;
            if (content is null) fault(Invalid(line, null, $"the line is longer than {LongestRow:N0} characters", "Keep pictures out of the log: name their files."));
            else if (JsonFields.TryRead(content, out fields, out var what)) yield return new LogRow(line, fields);
            else fault(Invalid(line, null, what, "Write one JSON object per line."));
        }
    }

    /// <summary>A fault of a row.</summary>
    /// <param name="line">Where it starts.</param>
    /// <param name="column">The column it is about, or null.</param>
    /// <param name="what">What is wrong, without a full stop.</param>
    /// <param name="action">What to do.</param>
    /// <param name="inner">The cause.</param>
    /// <param name="id">The error id.</param>
    /// <param name="target">The offending value; the row when null.</param>
    /// <param name="category">The fault's kind.</param>
    internal FlywheelException Invalid(int line, string? column, string what, string action, Exception? inner = null, string id = "LogRowInvalid", object? target = null, FaultCategory category = FaultCategory.InvalidData) =>
        new(id, category, $"{Path}({line}){(column is null ? "" : $", column '{column}'")}: {what}.", target ?? $"row {line}", action, new SourceLocation(Path, line, null, column), inner);

    static CsvDataReader Csv(TextReader text) => CsvDataReader.Create(text, new CsvDataReaderOptions
    {
        Comment = '\0', // a file name may start with '#'
        MaxBufferSize = LongestRow,
    });

    static string[] Header(CsvDataReader csv, string file)
    {
        var header = Enumerable.Range(0, csv.FieldCount).Select(i => csv.GetName(i).Trim()).ToArray();
        if (header.All(h => h.Length == 0)) throw Empty(file);
        if (header.Where(h => h.Length > 0).CountBy(h => h, StringComparer.OrdinalIgnoreCase).FirstOrDefault(h => h.Value > 1) is { Key: { } twice })
            throw new FlywheelException("LogColumnDuplicate", FaultCategory.InvalidData, $"{file}(1): the column '{twice}' stands twice in the header.", twice, "Rename or remove one of them.", new SourceLocation(file, 1, null, twice));
        for (var i = 0; i < header.Length; i++)
            if (header[i].Length == 0) header[i] = $"column{i + 1}";
        return header;
    }

    static FlywheelException Empty(string file) => new("LogEmpty", FaultCategory.InvalidData, $"The log '{file}' is empty.", file, "Give a CSV file with a header, or JSON Lines.", new SourceLocation(file, 1));

    static int Breaks(string field) => field.AsSpan().Count('\n');

    static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FlywheelException("LogNotFound", FaultCategory.NotFound, $"There is no log '{path}'.", path, "Check the path.", inner: e);
        }
        catch (CsvFormatException e)
        {
            throw new FlywheelException("LogRowInvalid", FaultCategory.InvalidData, $"{path}(1): the header cannot be read: {e.Message}", path, "Quote column names that contain quotes, and double the quotes inside.", new SourceLocation(path, 1), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("LogUnreadable", FaultCategory.ReadError, $"The log '{path}' cannot be read: {e.Message}", path, "Check that it is a file and that you may read it.", inner: e);
        }
    }
}

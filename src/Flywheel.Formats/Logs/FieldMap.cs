namespace Flywheel.Formats.Logs;

/// <summary>Which column of a log holds which field: as told, else by the names people give such columns.</summary>
sealed class FieldMap
{
    readonly Dictionary<string, string> _columns = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Maps.</summary>
    /// <param name="log">The log.</param>
    /// <param name="names">The fields with the usual names of each, the likeliest first, written as <see cref="Plain"/> gives them.</param>
    /// <param name="given">Column by field where the user has said so; an empty column means that the log has no such field.</param>
    /// <exception cref="FlywheelException"><c>LogFieldUnknown</c>, <c>LogColumnMissing</c>.</exception>
    public FieldMap(LogFile log, IReadOnlyDictionary<string, string[]> names, IReadOnlyDictionary<string, string>? given)
    {
        var told = new Dictionary<string, string>(given ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);
        if (told.Keys.FirstOrDefault(k => !names.Keys.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new FlywheelException("LogFieldUnknown", FaultCategory.InvalidArgument, $"'{unknown}' is no field of such a log.", unknown, $"Fields: {string.Join(", ", names.Keys)}. Write field = 'column'.");
        foreach (var (field, column) in told)
            if (column.Length > 0) _columns[field] = Require(log, column);
        var free = log.Columns.Where(c => !_columns.ContainsValue(c)).GroupBy(Plain).ToDictionary(g => g.Key, g => g.First());
        foreach (var (field, usual) in names)
        {
            if (told.ContainsKey(field)) continue;
            foreach (var name in usual)
            {
                if (!free.Remove(name, out var column)) continue;
                _columns[field] = column;
                break;
            }
        }
    }

    /// <summary>The field's column, or null.</summary>
    public string? this[string field] => _columns.GetValueOrDefault(field);

    /// <summary>The columns in use.</summary>
    public IEnumerable<string> Columns => _columns.Values;

    /// <summary>What a row says in a field, trimmed; null for nothing.</summary>
    public string? Of(LogRow row, string field) => this[field] is { } column && row.Fields.TryGetValue(column, out var text) && text.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>A column by the name the user gave.</summary>
    /// <exception cref="FlywheelException"><c>LogColumnMissing</c>.</exception>
    public static string Require(LogFile log, string column) => log.Columns.FirstOrDefault(c => c.Equals(column, StringComparison.OrdinalIgnoreCase))
        ?? throw Missing(log, $"no column '{column}'", column, NearestName.Of(column, log.Columns) is { } near ? $"Did you mean '{near}'?" : "Correct the name.");

    /// <summary>The error about a column that is not there, with those that are.</summary>
    public static FlywheelException Missing(LogFile log, string what, string target, string action) =>
        new("LogColumnMissing", FaultCategory.InvalidData, $"{log.Path}(1): the log has {what}. It has: {string.Join(", ", log.Columns)}.", target, action, new SourceLocation(log.Path, 1, null, target));

    /// <summary>A column's name without case, blanks and punctuation.</summary>
    public static string Plain(string column) => string.Concat(column.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}

namespace Flywheel.Formats.Annotations;

/// <summary>A place in an annotation file: by line, by JSON path, or both.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">1-based line, or null.</param>
/// <param name="Column">1-based column, or null.</param>
/// <param name="Path">JSON path, element or CSV column; null for none.</param>
public readonly record struct FilePlace(string File, int? Line = null, int? Column = null, string? Path = null)
{
    /// <summary>As faults carry it.</summary>
    public SourceLocation Location => new(File, Line, Column, Path);

    /// <summary>A fault at this place: <c>file(line,column), path: what.</c></summary>
    /// <param name="id">Error id.</param>
    /// <param name="what">What is wrong, without a full stop.</param>
    /// <param name="target">The offending value.</param>
    /// <param name="action">What to do.</param>
    /// <param name="inner">The cause.</param>
    public FlywheelException Fault(string id, string what, object? target, string action, Exception? inner = null) =>
        new(id, FaultCategory.InvalidData, $"{this}: {what}.", target, action, Location, inner);

    /// <inheritdoc/>
    public override string ToString() => Path is null ? Location.ToString() : $"{Location}, {Path}";
}

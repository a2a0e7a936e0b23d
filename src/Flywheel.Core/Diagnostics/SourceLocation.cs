namespace Flywheel;

/// <summary>Where in the user's input a fault stands.</summary>
/// <param name="File">The file's path as the user would recognise it.</param>
/// <param name="Line">1-based line, when the file has lines.</param>
/// <param name="Column">1-based column, when known.</param>
/// <param name="Field">The field, key or CSV column, when known.</param>
public sealed record SourceLocation(string File, int? Line = null, int? Column = null, string? Field = null)
{
    /// <summary><c>file(line,column)</c>, the form editors and build agents understand.</summary>
    public override string ToString() => (Line, Column) switch
    {
        (null, _) => File,
        (int l, null) => $"{File}({l})",
        (int l, int c) => $"{File}({l},{c})",
    };
}

namespace Flywheel.Formats.Logs;

/// <summary>One row of a log: what stands in its columns, as text.</summary>
/// <param name="Line">The line it starts at, from 1.</param>
/// <param name="Fields">Text by column, case ignored; empty fields are left out. Nested JSON objects give columns such as <c>scores.open</c>.</param>
public sealed record LogRow(int Line, IReadOnlyDictionary<string, string> Fields);

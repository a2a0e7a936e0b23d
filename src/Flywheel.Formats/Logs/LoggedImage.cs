namespace Flywheel.Formats.Logs;

/// <summary>An image as a log names it: at least one of the two.</summary>
/// <param name="Path">Absolute path; the file need not exist. Null if the log gives none.</param>
/// <param name="Hash">SHA-256 of its bytes, 64 lower-case hexadecimal digits; null if the log gives none.</param>
public readonly record struct LoggedImage(string? Path, string? Hash);

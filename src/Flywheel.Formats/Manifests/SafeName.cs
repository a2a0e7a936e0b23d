using System.Text;

namespace Flywheel.Formats.Manifests;

/// <summary>Makes names from data (labels, file names) safe as names of files and folders on every system.</summary>
public static class SafeName
{
    static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>
    /// The name with every character that some file system forbids replaced by '_', without leading or trailing dots and blanks, not a
    /// device of Windows, at most 100 characters. Never empty, never a path.
    /// </summary>
    public static string Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var safe = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormC))
            safe.Append(c < ' ' || c == 127 || "<>:\"/\\|?*".Contains(c, StringComparison.Ordinal) || char.IsSurrogate(c) ? '_' : c);
        var text = safe.ToString().Trim(' ', '.');
        if (text.Length > 100) text = text[..100].TrimEnd(' ', '.');
        if (text.Length == 0) return "_";
        var stem = text.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? text[..dot] : text;
        return s_reserved.Contains(stem) ? "_" + text : text;
    }
}

using System.Collections;
using System.Management.Automation;

namespace Flywheel.PowerShell;

/// <summary>Hashtables as users write them, as text to text.</summary>
static class StringMap
{
    /// <summary>Keys and values as text, numbers the same everywhere; null stays null.</summary>
    public static IReadOnlyDictionary<string, string>? From(IDictionary? map)
    {
        if (map is null) return null;
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in map) result[Text(entry.Key)] = Text(entry.Value);
        return result;
    }

    static string Text(object? value) => value is null ? "" : LanguagePrimitives.ConvertTo<string>(value);
}

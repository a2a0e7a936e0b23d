using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Flywheel.Formats.Logs;

/// <summary>A JSON object as flat columns: the value under <c>a</c> in the object <c>b</c> stands in the column <c>b.a</c>.</summary>
static class JsonFields
{
    static readonly JsonDocumentOptions s_options = new() { MaxDepth = 8 };

    public static bool TryRead(string line, [NotNullWhen(true)] out Dictionary<string, string>? fields, [NotNullWhen(false)] out string? what)
    {
        fields = null;
        what = null;
        try
        {
            using var json = JsonDocument.Parse(line, s_options);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                what = "the line is no JSON object";
                return false;
            }
            var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            if (Twice(json.RootElement, "", all) is { } key)
            {
                what = $"the key '{key}' stands twice";
                return false;
            }
            fields = all;
            return true;
        }
        catch (JsonException e)
        {
            what = $"the line is no JSON: {e.Message.TrimEnd('.')}";
            return false;
        }
    }

    /// <summary>Gathers the values; the first key met twice ends it.</summary>
    static string? Twice(JsonElement element, string prefix, Dictionary<string, string> into)
    {
        foreach (var property in element.EnumerateObject())
        {
            var key = prefix + property.Name.Trim();
            var value = property.Value;
            if (value.ValueKind == JsonValueKind.Object)
            {
                if (Twice(value, key + ".", into) is { } twice) return twice;
                continue;
            }
            var text = value.ValueKind switch { JsonValueKind.Null => "", JsonValueKind.String => value.GetString()!, _ => value.GetRawText() };
            if (text.Length > 0 && !into.TryAdd(key, text)) return key;
        }
        return null;
    }
}

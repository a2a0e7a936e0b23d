using System.Text.Json;
using Flywheel.Server.Errors;

namespace Flywheel.Server.Requests;

/// <summary>Reads a request's tags: one flat JSON object of texts, numbers and truth values.</summary>
static class TagReader
{
    /// <summary>The header that carries tags with a raw image; with multipart it is a field of the form, <c>tags</c>.</summary>
    public const string Header = "Flywheel-Tags";

    const int MaxTags = 32, MaxName = 64, MaxValue = 256;

    /// <summary>No tags.</summary>
    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    /// <exception cref="FlywheelException"><c>InvalidTags</c>.</exception>
    public static IReadOnlyDictionary<string, string> Read(string json)
    {
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 2 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Invalid("they are not a JSON object");
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var name = property.Name;
                if (name.Length is 0 or > MaxName || !(char.IsLetter(name[0]) || name[0] == '_') || !name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.'))
                    throw Invalid($"a name must be 1 to {MaxName} letters, digits, '_', '-' or '.' and begin with a letter or '_'");
                var value = property.Value.ValueKind switch
                {
                    JsonValueKind.String => property.Value.GetString()!,
                    JsonValueKind.Number => property.Value.GetRawText(),
                    JsonValueKind.True => "true",
                    JsonValueKind.False => "false",
                    _ => throw Invalid($"the value of '{name}' is neither text, number nor truth value"),
                };
                if (value.Length > MaxValue || value.Any(char.IsControl)) throw Invalid($"the value of '{name}' is longer than {MaxValue} characters or has control characters");
                if (!tags.TryAdd(name, value)) throw Invalid($"'{name}' stands there twice");
                if (tags.Count > MaxTags) throw Invalid($"there are more than {MaxTags}");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair
        {
            throw Invalid("they are not JSON");
        }
        return tags;
    }

    static FlywheelException Invalid(string why) => Problem.Refuse("InvalidTags", $"The tags cannot be used: {why}.", action: """Send one flat JSON object, such as {"line":"3","shift":"night"}.""");
}

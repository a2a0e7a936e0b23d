using System.Globalization;
using System.Text.Json;

namespace Flywheel.Formats.Annotations;

/// <summary>A JSON value that knows its path, for messages that tell where something is wrong.</summary>
public readonly struct JsonAt(JsonElement value, string file, string path)
{
    /// <summary>The value.</summary>
    public JsonElement Value { get; } = value;

    /// <summary>Its place.</summary>
    public FilePlace Place => new(file, null, null, path);

    /// <summary>True for null, and where there is nothing.</summary>
    public bool IsNull => Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>True for an object.</summary>
    public bool IsObject => Value.ValueKind == JsonValueKind.Object;

    /// <summary>True for an array.</summary>
    public bool IsArray => Value.ValueKind == JsonValueKind.Array;

    /// <summary>The member of that name; undefined if there is none.</summary>
    public JsonAt this[string name] => new(IsObject && Value.TryGetProperty(name, out var member) ? member : default, file, Member(path, name));

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, JsonAt Value)> Members()
    {
        foreach (var member in Value.EnumerateObject()) yield return (member.Name, new JsonAt(member.Value, file, Member(path, member.Name)));
    }

    /// <summary>The elements of an array.</summary>
    public IEnumerable<JsonAt> Items()
    {
        Require(JsonValueKind.Array, "an array");
        var i = 0;
        foreach (var item in Value.EnumerateArray()) yield return new JsonAt(item, file, string.Create(CultureInfo.InvariantCulture, $"{path}[{i++}]"));
    }

    /// <summary>The elements of an array; none for null or nothing at all.</summary>
    public IEnumerable<JsonAt> ItemsIfAny() => IsNull ? [] : Items();

    /// <summary>Itself.</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c>: it is no object.</exception>
    public JsonAt RequireObject()
    {
        Require(JsonValueKind.Object, "an object");
        return this;
    }

    /// <summary>Its text.</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c>: it is no text.</exception>
    public string Text()
    {
        Require(JsonValueKind.String, "text");
        return Value.GetString()!;
    }

    /// <summary>Text, or a number as its text; null for null or nothing.</summary>
    public string? TextIfAny() => Value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.Number => Value.GetRawText(),
        _ => Text(),
    };

    /// <summary>Its number.</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c>: it is no number.</exception>
    public double Number()
    {
        Require(JsonValueKind.Number, "a number");
        return Value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong("is no number that fits");
    }

    /// <summary>Its number, or another one where there is nothing.</summary>
    public double Number(double otherwise) => IsNull ? otherwise : Number();

    /// <summary>Its whole number.</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c>: it is none.</exception>
    public long Whole()
    {
        Require(JsonValueKind.Number, "a whole number");
        if (Value.TryGetInt64(out var number)) return number;
        return Value.TryGetDouble(out var real) && real == Math.Floor(real) && Math.Abs(real) < 1e15 ? (long)real : throw Wrong("is no whole number");
    }

    /// <summary>True or false; false where there is nothing.</summary>
    public bool Flag() => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined => false,
        JsonValueKind.Number => Number() != 0,
        _ => throw Wrong($"is {Kind(Value.ValueKind)}, not true or false"),
    };

    /// <summary>Its time; null if it is none.</summary>
    public DateTimeOffset? Time() => Value.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(Value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The fault that something is wrong here.</summary>
    public FlywheelException Wrong(string what) =>
        Place.Fault("AnnotationFileInvalid", what, Value.ValueKind == JsonValueKind.Undefined ? path : Shorten(Value.GetRawText()), "Export the file again, or correct this place. Nothing of the file was taken.");

    void Require(JsonValueKind kind, string name)
    {
        if (Value.ValueKind != kind) throw Wrong(Value.ValueKind == JsonValueKind.Undefined ? $"is missing, {name} is needed" : $"is {Kind(Value.ValueKind)}, not {name}");
    }

    static string Kind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    static string Member(string path, string name) => name.Length > 0 && name.All(c => char.IsLetterOrDigit(c) || c == '_') ? $"{path}.{name}" : $"{path}['{name}']";

    static string Shorten(string text) => text.Length <= 80 ? text : text[..79] + "…";

    /// <summary>Parses a whole file.</summary>
    /// <exception cref="FlywheelException"><c>AnnotationFileInvalid</c> with line and column.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> text, string file)
    {
        var span = text.Span;
        if (span.StartsWith("\uFEFF"u8)) text = text[3..];
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            var message = e.Message;
            if (message.IndexOf(" LineNumber:", StringComparison.Ordinal) is var cut and > 0) message = message[..cut];
            throw new FilePlace(file, (int?)e.LineNumber + 1, (int?)e.BytePositionInLine + 1).Fault("AnnotationFileInvalid", $"the file is no JSON: {message.TrimEnd('.')}", file, "Export the file again; it may have been cut off. Nothing of it was taken.", e);
        }
    }
}

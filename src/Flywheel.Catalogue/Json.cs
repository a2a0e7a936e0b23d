using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flywheel.Catalogue;

/// <summary>The few columns that are JSON.</summary>
static class Json
{
    static readonly JsonWriterOptions s_writer = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    static readonly JsonSerializerOptions s_card = new()
    {
        IgnoreReadOnlyProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a validation loss may be NaN
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    static readonly IReadOnlyDictionary<string, string> s_noTags = new Dictionary<string, string>();

    [ThreadStatic] static ArrayBufferWriter<byte>? t_buffer;
    [ThreadStatic] static Utf8JsonWriter? t_json;

    /// <summary>Tags as an object with keys in ordinal order, so that equal tags are equal text; null when there are none.</summary>
    public static string? Tags(IReadOnlyDictionary<string, string> tags)
    {
        if (tags.Count == 0) return null;
        var keys = new string[tags.Count];
        var i = 0;
        foreach (var key in tags.Keys) keys[i++] = key;
        Array.Sort(keys, StringComparer.Ordinal);
        return Write(json =>
        {
            foreach (var key in keys) json.WriteString(key, tags[key]);
        });
    }

    public static IReadOnlyDictionary<string, string> Tags(string? text)
    {
        if (text is null) return s_noTags;
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName) continue;
            var key = json.GetString()!;
            json.Read();
            tags[key] = json.GetString()!;
        }
        return tags;
    }

    public static string Scores(IReadOnlyDictionary<string, double> scores) => Write(json =>
    {
        foreach (var (label, score) in scores) json.WriteNumber(label, score);
    });

    public static Dictionary<string, double> Scores(string text)
    {
        var scores = new Dictionary<string, double>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName) continue;
            var key = json.GetString()!;
            json.Read();
            scores[key] = json.GetDouble();
        }
        return scores;
    }

    public static string Strings(IEnumerable<string> values) => JsonSerializer.Serialize(values);

    public static string Card(Model model) => JsonSerializer.Serialize(model, s_card);

    public static Model Card(string text) => JsonSerializer.Deserialize<Model>(text, s_card)!;

    public static string Summary(DatasetSummary summary) => JsonSerializer.Serialize(summary, s_card);

    public static DatasetSummary Summary(string text) => JsonSerializer.Deserialize<DatasetSummary>(text, s_card)!;

    static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(256);
        buffer.ResetWrittenCount();
        var json = t_json ??= new Utf8JsonWriter(buffer, s_writer);
        json.Reset(buffer);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

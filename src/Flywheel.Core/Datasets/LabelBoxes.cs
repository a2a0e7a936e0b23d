using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Flywheel;

/// <summary>
/// The boxes of an image as one text: a JSON array of objects with id, label, x, y, w, h, ordered by id, so that equal boxes are equal text.
/// No text at all means that nobody has said; an empty array, that somebody looked and there is nothing.
/// </summary>
public static class LabelBoxes
{
    static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of boxes; null for null.</summary>
    /// <exception cref="FlywheelException"><c>InvalidBox</c>: a box has no id or label, an id of another, no size, or numbers that are none.</exception>
    public static string? Write(IReadOnlyList<LabelBox>? boxes)
    {
        if (boxes is null) return null;
        var buffer = new ArrayBufferWriter<byte>(64 + boxes.Count * 80);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartArray();
            string? last = null;
            foreach (var box in boxes.OrderBy(b => b.Id, StringComparer.Ordinal))
            {
                Check(box, last);
                last = box.Id;
                json.WriteStartObject();
                json.WriteString("id", box.Id);
                json.WriteString("label", box.Label);
                json.WriteNumber("x", box.X);
                json.WriteNumber("y", box.Y);
                json.WriteNumber("w", box.Width);
                json.WriteNumber("h", box.Height);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The boxes of a text that <see cref="Write"/> made; null for null.</summary>
    public static IReadOnlyList<LabelBox>? Read(string? text)
    {
        if (text is null) return null;
        using var document = JsonDocument.Parse(text);
        return [.. document.RootElement.EnumerateArray().Select(b => new LabelBox(b.GetProperty("id").GetString()!, b.GetProperty("label").GetString()!,
            b.GetProperty("x").GetDouble(), b.GetProperty("y").GetDouble(), b.GetProperty("w").GetDouble(), b.GetProperty("h").GetDouble()))];
    }

    /// <summary>True if both say the same, in whatever order.</summary>
    public static bool Same(IReadOnlyList<LabelBox>? a, IReadOnlyList<LabelBox>? b) => Write(a) == Write(b);

    static void Check(LabelBox box, string? last)
    {
        var wrong = string.IsNullOrWhiteSpace(box.Id) ? "has no id"
            : box.Id == last ? $"has the id '{box.Id}' of another"
            : string.IsNullOrWhiteSpace(box.Label) ? "has no label"
            : !(double.IsFinite(box.X) && double.IsFinite(box.Y) && double.IsFinite(box.Width) && double.IsFinite(box.Height)) ? "has a coordinate that is no number"
            : box.Width <= 0 || box.Height <= 0 ? "has no area"
            : null;
        if (wrong is not null)
            throw new FlywheelException("InvalidBox", FaultCategory.InvalidData, $"The box {box} {wrong}.", box, "Give every box an id of its own, a label, and a width and height above zero.");
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flywheel.Engine.Production.Logs;

/// <summary>
/// Ids made from content, so that what is brought in twice is there once: UUIDs of version 8 (RFC 9562, section 5.8) of a SHA-256, with the
/// time in front as in version 7 where the content has one.
/// </summary>
static class ContentId
{
    /// <summary>The id of a prediction whose log gives none.</summary>
    public static string Of(string modelId, string imageId, DateTimeOffset? time, string label, IReadOnlyDictionary<string, double> scores, IReadOnlyDictionary<string, string> tags) =>
        Make(time, [modelId, imageId, Ticks(time), label,
            .. scores.OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => new[] { s.Key, s.Value.ToString("R", CultureInfo.InvariantCulture) }), "",
            .. tags.OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => new[] { t.Key, t.Value })]);

    /// <summary>The id of a prediction whose log gives one: that one if it is a UUID, else one made from it.</summary>
    public static string Of(string modelId, string id) => Guid.TryParseExact(id, "D", out var uuid) ? uuid.ToString() : Make(null, [modelId, id]);

    /// <summary>The id of a report.</summary>
    public static string Of(string predictionId, FeedbackVerdict verdict, string? label, string? reason, string? reporter, DateTimeOffset? time) =>
        Make(time, [predictionId, verdict.ToString(), label ?? "", reason ?? "", reporter ?? "", Ticks(time)]);

    static string Ticks(DateTimeOffset? time) => time?.UtcTicks.ToString(CultureInfo.InvariantCulture) ?? "";

    static string Make(DateTimeOffset? time, IEnumerable<string> parts)
    {
        // Lengths keep ("a", "bc") and ("ab", "c") apart.
        var text = new StringBuilder();
        foreach (var part in parts) text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
        Span<byte> bytes = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), bytes);
        if (time is { } t)
        {
            var milliseconds = t.ToUnixTimeMilliseconds();
            for (var i = 0; i < 6; i++) bytes[i] = (byte)(milliseconds >> (40 - 8 * i));
        }
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x80);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes[..16], bigEndian: true).ToString();
    }
}

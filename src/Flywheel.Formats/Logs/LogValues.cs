using System.Globalization;

namespace Flywheel.Formats.Logs;

/// <summary>Reads the values logs are made of, as the programs of the world write them.</summary>
static class LogValues
{
    /// <summary>A number: invariant, with a decimal comma, or in per cent.</summary>
    public static bool TryNumber(string text, out double value)
    {
        var percent = text.EndsWith('%');
        if (percent) text = text[..^1].Trim();
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && (text.Contains('.', StringComparison.Ordinal) || !double.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out value))) return false;
        if (percent) value /= 100;
        return true;
    }

    /// <summary>A moment: ISO 8601 and the like (UTC unless it says otherwise), or seconds, milliseconds or microseconds since 1970.</summary>
    public static bool TryTime(string text, out DateTimeOffset time)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            var seconds = Math.Abs(number) switch { < 1e11 => number, < 1e14 => number / 1e3, _ => number / 1e6 };
            time = default;
            if (seconds is not (> 0 and < 1e11)) return false;
            time = DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
            return true;
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    /// <summary>A SHA-256 in hexadecimal digits, perhaps with <c>sha256:</c> before it.</summary>
    public static bool TryHash(string text, out string hash)
    {
        hash = text.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) ? text[7..] : text;
        if (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit)) return false;
        hash = hash.ToLowerInvariant();
        return true;
    }

    /// <summary>A verdict in one of the usual words.</summary>
    public static bool TryVerdict(string text, out FeedbackVerdict verdict)
    {
        verdict = FeedbackVerdict.Right;
        switch (FieldMap.Plain(text))
        {
            case "right" or "true" or "1" or "yes" or "y" or "ok" or "correct" or "good" or "up":
                return true;
            case "wrong" or "false" or "0" or "no" or "n" or "incorrect" or "bad" or "error" or "down":
                verdict = FeedbackVerdict.Wrong;
                return true;
            default:
                return false;
        }
    }
}

using System.Globalization;

namespace Flywheel.PowerShell;

/// <summary>A point in the past given as date, as time span, or in short as <c>7d</c>, <c>12h</c>, <c>30m</c>.</summary>
public sealed class SinceReference
{
    /// <summary>From text: a number with d, h or m, or a date.</summary>
    public SinceReference(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        text = text.Trim();
        if (text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && char.ToLowerInvariant(text[^1]) is 'd' or 'h' or 'm')
            Time = DateTimeOffset.Now - (char.ToLowerInvariant(text[^1]) switch { 'd' => TimeSpan.FromDays(number), 'h' => TimeSpan.FromHours(number), _ => TimeSpan.FromMinutes(number) });
        else if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var date)) Time = date;
        else throw new ArgumentException($"'{text}' is neither a date nor a time such as 7d, 12h or 30m.", nameof(text));
    }

    /// <summary>From a date; local time unless it says otherwise.</summary>
    public SinceReference(DateTime date) => Time = new DateTimeOffset(date);

    /// <summary>From a date with its offset.</summary>
    public SinceReference(DateTimeOffset date) => Time = date;

    /// <summary>From a time span before now.</summary>
    public SinceReference(TimeSpan ago) => Time = DateTimeOffset.Now - ago.Duration();

    /// <summary>The point in time.</summary>
    public DateTimeOffset Time { get; }

    /// <inheritdoc/>
    public override string ToString() => Time.ToString("u", CultureInfo.InvariantCulture);
}

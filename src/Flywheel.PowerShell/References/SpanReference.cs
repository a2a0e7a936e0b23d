using System.Globalization;

namespace Flywheel.PowerShell;

/// <summary>A length of time given as time span, or in short as <c>7d</c>, <c>12h</c>, <c>30m</c>.</summary>
public sealed class SpanReference
{
    /// <summary>From text: a number with d, h or m.</summary>
    public SpanReference(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        text = text.Trim();
        if (text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000
            && char.ToLowerInvariant(text[^1]) is 'd' or 'h' or 'm')
            Span = char.ToLowerInvariant(text[^1]) switch { 'd' => TimeSpan.FromDays(number), 'h' => TimeSpan.FromHours(number), _ => TimeSpan.FromMinutes(number) };
        else throw new ArgumentException($"'{text}' is not a time such as 7d, 12h or 30m.", nameof(text));
    }

    /// <summary>From a time span.</summary>
    public SpanReference(TimeSpan span)
    {
        if (span <= TimeSpan.Zero) throw new ArgumentException($"'{span}' is no length of time.", nameof(span));
        Span = span;
    }

    /// <summary>The length of time.</summary>
    public TimeSpan Span { get; }

    /// <inheritdoc/>
    public override string ToString() => Span.ToString("c", CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace Flywheel.PowerShell;

/// <summary>How long something is kept: a time span, in short as <c>7d</c>, <c>12h</c>, <c>30m</c>, or <c>forever</c>.</summary>
public sealed class RetentionReference
{
    /// <summary>From text.</summary>
    public RetentionReference(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (text.Trim().Equals("forever", StringComparison.OrdinalIgnoreCase)) return;
        // A bare number is a time span of so many days to .NET, and of ticks to PowerShell.
        Span = text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero ? span : new SpanReference(text).Span;
    }

    /// <summary>From a time span; zero is for ever.</summary>
    public RetentionReference(TimeSpan span)
    {
        if (span < TimeSpan.Zero) throw new ArgumentException($"'{span}' is no length of time.", nameof(span));
        if (span > TimeSpan.Zero) Span = span;
    }

    /// <summary>The length of time; null for ever.</summary>
    public TimeSpan? Span { get; }

    /// <inheritdoc/>
    public override string ToString() => Span?.ToString("c", CultureInfo.InvariantCulture) ?? "forever";
}

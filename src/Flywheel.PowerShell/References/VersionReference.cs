using System.Globalization;

namespace Flywheel.PowerShell;

/// <summary>A version of a model given as number, or as it is shown: <c>v3</c>.</summary>
public sealed class VersionReference
{
    /// <summary>From text: 3 or v3.</summary>
    public VersionReference(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        var digits = text.Trim() is ['v' or 'V', ..] named ? named.AsSpan(1) : text.AsSpan().Trim();
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) throw new ArgumentException($"'{text}' is not a version such as 3 or v3.", nameof(text));
        Number = number;
    }

    /// <summary>From a number.</summary>
    public VersionReference(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number);
        Number = number;
    }

    /// <summary>The number, from 1.</summary>
    public int Number { get; }

    /// <inheritdoc/>
    public override string ToString() => $"v{Number}";
}

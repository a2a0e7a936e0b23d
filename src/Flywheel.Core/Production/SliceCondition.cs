using System.Globalization;

namespace Flywheel;

/// <summary>One condition of a slice: a value, a bound or a range. Read as text: <c>width ≤ 30 px</c>, <c>glasses = thick</c>, <c>predicted open</c>.</summary>
public sealed record SliceCondition
{
    /// <summary>What it speaks of.</summary>
    public required SliceSubject Subject { get; init; }

    /// <summary>Name of the property or tag; for the other subjects their own name in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>Numbers must be above this, in the property's own unit; null without a lower bound.</summary>
    public double? Above { get; init; }

    /// <summary>Numbers must be at most this; null without an upper bound.</summary>
    public double? UpTo { get; init; }

    /// <summary>The value (label, word, number of the look) a condition without bounds asks for.</summary>
    public string? Value { get; init; }

    /// <summary>True for a bound on a number, false for a value.</summary>
    public bool IsNumeric => Above is not null || UpTo is not null;

    /// <summary>True if the number lies within the bounds; NaN lies nowhere.</summary>
    public bool Holds(double number) => (Above is not { } low || number > low) && (UpTo is not { } high || number <= high) && !double.IsNaN(number);

    /// <summary>
    /// True if the condition holds for a prediction of an image. Tags of the prediction go before those of the image. A
    /// <see cref="SliceSubject.Look"/> cannot be told from one image: false.
    /// </summary>
    public bool Holds(FlywheelImage image, Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(prediction);
        return Subject switch
        {
            SliceSubject.Property => PropertyOf(image, Name) is { } number && Holds(number),
            SliceSubject.Tag => TagOf(image, prediction) is { } tag && (IsNumeric ? TryNumber(tag, out var number) && Holds(number) : tag == Value),
            SliceSubject.Predicted => prediction.Label == Value,
            SliceSubject.Reason => prediction.Feedback?.Reason is { } reason && Words(reason).Contains(Value),
            _ => false,
        };
    }

    string? TagOf(FlywheelImage image, Prediction prediction) => prediction.Tags.TryGetValue(Name, out var tag) || image.Tags.TryGetValue(Name, out tag) ? tag : null;

    /// <summary>A measured property by name, or null if there is none of that name.</summary>
    public static double? PropertyOf(FlywheelImage image, string name)
    {
        ArgumentNullException.ThrowIfNull(image);
        return name switch
        {
            "width" => image.Width,
            "height" => image.Height,
            "brightness" => image.Brightness,
            "contrast" => image.Contrast,
            "sharpness" => image.Sharpness,
            "entropy" => image.Entropy,
            "colorfulness" => image.Colorfulness,
            "bytes" => image.Bytes,
            _ => null,
        };
    }

    /// <summary>Reads a tag as a number.</summary>
    public static bool TryNumber(string tag, out double number) =>
        double.TryParse(tag, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>The different words of a reporter's reason, lower case, of three letters or more.</summary>
    public static IReadOnlyList<string> Words(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var words = new List<string>();
        for (var start = 0; start < reason.Length;)
        {
            var end = start;
            while (end < reason.Length && char.IsLetterOrDigit(reason[end])) end++;
            if (end - start >= 3 && reason[start..end].ToLowerInvariant() is var word && !words.Contains(word)) words.Add(word);
            start = end + 1;
        }
        return words;
    }

    string Unit => Subject == SliceSubject.Property ? Name switch { "width" or "height" => " px", "bytes" => " bytes", "entropy" => " bits", _ => "" } : "";

    /// <inheritdoc/>
    public override string ToString() => (Above, UpTo) switch
    {
        ({ } low, { } high) => string.Create(CultureInfo.InvariantCulture, $"{low}{Unit} < {Name} ≤ {high}{Unit}"),
        ({ } low, null) => string.Create(CultureInfo.InvariantCulture, $"{Name} > {low}{Unit}"),
        (null, { } high) => string.Create(CultureInfo.InvariantCulture, $"{Name} ≤ {high}{Unit}"),
        _ => Subject switch
        {
            SliceSubject.Predicted => $"predicted {Value}",
            SliceSubject.Reason => $"reported with '{Value}'",
            SliceSubject.Look => $"look {Value}",
            _ => $"{Name} = {Value}",
        },
    };
}

using System.Globalization;

namespace Flywheel.Engine.Endpoints;

/// <summary>Which of the images an endpoint sees are kept as files: <c>all</c>, <c>none</c>, <c>sampled:0.1</c>, <c>uncertain:0.8</c>.</summary>
public sealed record KeepPolicy
{
    KeepPolicy(string text, double share, double below)
    {
        Text = text;
        Share = share;
        Below = below;
    }

    /// <summary>Every image.</summary>
    public static KeepPolicy All { get; } = new("all", 1, double.NaN);

    /// <summary>No image.</summary>
    public static KeepPolicy None { get; } = new("none", 0, double.NaN);

    /// <summary>As it is written.</summary>
    public string Text { get; }

    /// <summary>Share of images kept whatever the answer, 0..1.</summary>
    public double Share { get; }

    /// <summary>Images answered with a lower confidence are kept; NaN where the answer does not matter.</summary>
    public double Below { get; }

    /// <summary>Reads a policy.</summary>
    /// <exception cref="FlywheelException"><c>InvalidKeepPolicy</c>.</exception>
    public static KeepPolicy Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (name, value) = text.Split(':', 2) is [var a, var b] ? (a, b) : (text, "");
        var isNumber = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1;
        return (name.ToLowerInvariant(), value) switch
        {
            ("all", "") => All,
            ("none", "") => None,
            ("sampled", _) when isNumber => new(string.Create(CultureInfo.InvariantCulture, $"sampled:{number}"), number, double.NaN),
            ("uncertain", _) when isNumber => new(string.Create(CultureInfo.InvariantCulture, $"uncertain:{number}"), 0, number),
            _ => throw new FlywheelException("InvalidKeepPolicy", FaultCategory.InvalidArgument, $"'{text}' does not say which images to keep.", text,
                "Use all, none, sampled:0.1 (a tenth) or uncertain:0.8 (those answered with a confidence below 0.8)."),
        };
    }

    /// <summary>
    /// True if an image is kept whatever the answer. It hangs on the image's id alone: the same image is always decided the same, and
    /// the sample does not depend on what the model said.
    /// </summary>
    /// <param name="imageId">SHA-256 of the image's bytes, hexadecimal.</param>
    public bool KeepsAlways(string imageId)
    {
        ArgumentNullException.ThrowIfNull(imageId);
        return Share >= 1 || (Share > 0 && ulong.Parse(imageId.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture) < Share * ulong.MaxValue);
    }

    /// <summary>True if an image is kept because of its answer.</summary>
    public bool KeepsFor(double confidence) => confidence < Below;

    /// <inheritdoc/>
    public override string ToString() => Text;
}

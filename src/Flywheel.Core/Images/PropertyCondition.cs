namespace Flywheel;

/// <summary>A condition on one measured property, such as <c>width &lt;= 30</c>.</summary>
/// <param name="Property">width, height, brightness, contrast, sharpness, entropy, colorfulness or bytes.</param>
/// <param name="Operator">One of &lt;, &lt;=, =, &gt;=, &gt;.</param>
/// <param name="Value">The bound, in the property's own unit.</param>
public sealed record PropertyCondition(string Property, string Operator, double Value)
{
    /// <summary>The properties a condition may name.</summary>
    public static IReadOnlyList<string> KnownProperties { get; } = ["width", "height", "brightness", "contrast", "sharpness", "entropy", "colorfulness", "bytes"];

    static readonly string[] s_operators = ["<=", ">=", "<", ">", "="];

    /// <summary>Reads a condition such as <c>width&lt;=30</c>.</summary>
    /// <exception cref="FlywheelException"><c>InvalidPropertyCondition</c>: the text has no known property, operator or number.</exception>
    public static PropertyCondition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var op in s_operators)
        {
            var at = text.IndexOf(op, StringComparison.Ordinal);
            if (at <= 0) continue;
            var name = text[..at].Trim().ToLowerInvariant();
            if (KnownProperties.Contains(name) && double.TryParse(text[(at + op.Length)..], System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value))
                return new PropertyCondition(name, op, value);
            break;
        }
        throw new FlywheelException("InvalidPropertyCondition", FaultCategory.InvalidArgument,
            $"'{text}' is not a condition on a property.", text,
            $"Write property, operator and number, for example 'width<=30'. Properties: {string.Join(", ", KnownProperties)}. Operators: <, <=, =, >=, >.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Property} {Operator} {Value}");
}

using System.Globalization;

namespace Flywheel;

/// <summary>
/// How often a watch may alarm though nothing changed. The expected number of false alarms is the number of looks times the chance of
/// each, whether or not the looks share images, so that every look gets an equal part.
/// </summary>
/// <param name="Count">False alarms allowed, on average.</param>
/// <param name="Per">In this time.</param>
/// <param name="Every">Time from one look to the next.</param>
public sealed record FalseAlarmBudget(double Count, TimeSpan Per, TimeSpan Every)
{
    /// <summary>The rarest false alarm that resampling resolves.</summary>
    public const double SmallestPerLook = 1.0 / 20_000;

    /// <summary>The likeliest false alarm worth a look.</summary>
    public const double LargestPerLook = 0.2;

    /// <summary>Chance of a false alarm at one look.</summary>
    public double PerLook => Count * Every.Ticks / Per.Ticks;

    /// <summary>Reads a budget such as <c>1 per 30d</c>: a number, "per", a number with d, h or m.</summary>
    /// <exception cref="FlywheelException"><c>FalseAlarmBudgetInvalid</c>; <c>FalseAlarmBudgetOutOfRange</c>.</exception>
    public static FalseAlarmBudget Parse(string text, TimeSpan every)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts is not [var count, var per, var span] || !per.Equals("per", StringComparison.OrdinalIgnoreCase) || Span(span) is not { } time
            || !double.TryParse(count, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            throw new FlywheelException("FalseAlarmBudgetInvalid", FaultCategory.InvalidArgument, $"'{text}' is not a number of false alarms in a time.", text, "Write for example '1 per 30d', '2 per 7d' or '1 per 12h'.");
        var budget = new FalseAlarmBudget(number, time, every);
        budget.Validate();
        return budget;
    }

    /// <summary>Demands a chance per look that resampling can resolve.</summary>
    /// <exception cref="FlywheelException"><c>FalseAlarmBudgetOutOfRange</c>.</exception>
    public void Validate()
    {
        if (Per > TimeSpan.Zero && Every > TimeSpan.Zero && PerLook is >= SmallestPerLook and <= LargestPerLook) return;
        throw new FlywheelException("FalseAlarmBudgetOutOfRange", FaultCategory.InvalidArgument,
            string.Create(CultureInfo.InvariantCulture, $"{this} gives each look a false-alarm chance of {(Per > TimeSpan.Zero ? PerLook : double.NaN):0.######}; it has to be between {SmallestPerLook} and {LargestPerLook}."), ToString(),
            "Look less often, or change how many false alarms are allowed.");
    }

    static TimeSpan? Span(string text) =>
        text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) && n is > 0 and < 100_000
            ? char.ToLowerInvariant(text[^1]) switch { 'd' => TimeSpan.FromDays(n), 'h' => TimeSpan.FromHours(n), 'm' => TimeSpan.FromMinutes(n), _ => null }
            : null;

    static string Short(TimeSpan span) => span.Ticks % TimeSpan.TicksPerDay == 0 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0}d")
        : span.Ticks % TimeSpan.TicksPerHour == 0 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0}h")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.##}m");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count:0.####} per {Short(Per)}, looking every {Short(Every)}");
}

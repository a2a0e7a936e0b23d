namespace Flywheel.Engine.Registry.Gates;

/// <summary>Units of bounds.</summary>
static class GateUnits
{
    static readonly Dictionary<string, (FigureKind Kind, double Times, double Over)> s_units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["%"] = (FigureKind.Share, 1, 100),
        ["us"] = (FigureKind.Latency, 1, 1e6),
        ["ms"] = (FigureKind.Latency, 1, 1e3),
        ["s"] = (FigureKind.Latency, 1, 1),
        ["B"] = (FigureKind.Size, 1, 1),
        ["kB"] = (FigureKind.Size, 1e3, 1),
        ["MB"] = (FigureKind.Size, 1e6, 1),
        ["GB"] = (FigureKind.Size, 1e9, 1),
    };

    public static IEnumerable<string> Names => s_units.Keys;

    public static bool IsUnit(string word) => s_units.ContainsKey(word);

    public static FigureKind KindOf(string unit) => s_units[unit].Kind;

    /// <summary>A number in the kind's base unit; 95 % is 0.95 to the last digit.</summary>
    public static double ToBase(double value, string unit) => value * s_units[unit].Times / s_units[unit].Over;
}

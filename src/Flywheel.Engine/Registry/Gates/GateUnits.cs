namespace Flywheel.Engine.Registry.Gates;

/// <summary>Units of bounds.</summary>
static class GateUnits
{
    static readonly Dictionary<string, (FigureKind Kind, double Factor)> s_units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["%"] = (FigureKind.Share, 0.01),
        ["us"] = (FigureKind.Latency, 1e-6),
        ["ms"] = (FigureKind.Latency, 1e-3),
        ["s"] = (FigureKind.Latency, 1),
        ["B"] = (FigureKind.Size, 1),
        ["kB"] = (FigureKind.Size, 1e3),
        ["MB"] = (FigureKind.Size, 1e6),
        ["GB"] = (FigureKind.Size, 1e9),
    };

    public static IEnumerable<string> Names => s_units.Keys;

    public static bool IsUnit(string word) => s_units.ContainsKey(word);

    public static (FigureKind Kind, double Factor) Of(string unit) => s_units[unit];
}

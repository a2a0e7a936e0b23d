using System.Globalization;

namespace Flywheel.Engine.Registry.Gates;

/// <summary>factor × champion + constant; the constant in the figure's base unit (share, seconds, bytes).</summary>
sealed record GateBound(double Factor, double Constant)
{
    public string ToString(GateFigure figure)
    {
        if (Factor == 0) return Constant < 0 ? "-" + Number(-Constant) : Number(Constant);
        var champion = Factor == 1 ? "champion" : string.Create(CultureInfo.InvariantCulture, $"{(Factor < 0 ? "-" : "")}{Math.Abs(Factor):R} * champion");
        return Constant == 0 ? champion : $"{champion} {(Constant < 0 ? '-' : '+')} {Number(Math.Abs(Constant))}";

        string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture) + figure.Kind switch { FigureKind.Latency => " s", FigureKind.Size => " B", _ => "" };
    }
}

namespace Flywheel.Engine.Registry.Gates;

enum GateOperator
{
    AtLeast,
    Above,
    AtMost,
    Below,
}

static class GateOperators
{
    /// <summary>A figure this close to a bound, relative to 1 or the bound, equals it: sums of shares round.</summary>
    const double Rounding = 1e-12;

    public static string Symbol(this GateOperator op) => op switch
    {
        GateOperator.AtLeast => ">=",
        GateOperator.Above => ">",
        GateOperator.AtMost => "<=",
        _ => "<",
    };

    public static bool WantsMore(this GateOperator op) => op is GateOperator.AtLeast or GateOperator.Above;

    public static bool Meets(this GateOperator op, double value, double bound)
    {
        if (Math.Abs(value - bound) <= Rounding * Math.Max(1, Math.Abs(bound))) return op is GateOperator.AtLeast or GateOperator.AtMost;
        return op.WantsMore() ? value > bound : value < bound;
    }

    /// <summary>Pass if the whole interval meets the bound, fail if no point of it does; undefined ends cannot tell.</summary>
    public static GateVerdict Judge(this GateOperator op, Metric figure, double bound)
    {
        if (double.IsNaN(figure.Value) || double.IsNaN(figure.Low) || double.IsNaN(figure.High)) return GateVerdict.CannotTell;
        bool low = op.Meets(figure.Low, bound), high = op.Meets(figure.High, bound);
        return low && high ? GateVerdict.Pass : !low && !high ? GateVerdict.Fail : GateVerdict.CannotTell;
    }
}

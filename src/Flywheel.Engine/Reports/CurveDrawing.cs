using System.Text;
using static Flywheel.Engine.Reports.ReportText;

namespace Flywheel.Engine.Reports;

/// <summary>Draws the learning curve as SVG in the page's own colours.</summary>
static class CurveDrawing
{
    const double Width = 480, Height = 230, Left = 40, Right = 10, Top = 24, Bottom = 36;

    /// <summary>One panel over all epochs of the models, one after the other.</summary>
    /// <param name="title">What is drawn, for readers who cannot see it.</param>
    /// <param name="unit">Of the vertical axis.</param>
    /// <param name="parts">Name of each training with its values by epoch; NaN values are left out.</param>
    /// <param name="format">Writes an axis label.</param>
    public static string Panel(string title, string unit, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> parts, Func<double, string> format)
    {
        var all = parts.SelectMany(p => p.Values).Where(double.IsFinite).ToArray();
        if (all.Length == 0) return "";
        var (low, high, step) = Axis(all.Min(), all.Max());
        var epochs = parts.Sum(p => p.Values.Count);
        double X(double epoch) => Left + (epoch - 0.5) / epochs * (Width - Left - Right);
        double Y(double value) => Top + (high - value) / (high - low) * (Height - Top - Bottom);

        var svg = new StringBuilder();
        svg.Append($"""<svg class="chart" viewBox="0 0 {Xy(Width)} {Xy(Height)}" role="img" aria-label="{Encode(title)}"><title>{Encode(title)}</title>""");
        for (var v = low; v <= high + step * 1e-6; v += step)
            svg.Append($"""<line class="grid" x1="{Xy(Left)}" x2="{Xy(Width - Right)}" y1="{Xy(Y(v))}" y2="{Xy(Y(v))}"/><text x="{Xy(Left - 6)}" y="{Xy(Y(v) + 3.5)}" text-anchor="end">{Encode(format(v))}</text>""");
        svg.Append($"""<text x="0" y="10">{Encode(unit)}</text>""");
        var at = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            var (name, values) = parts[i];
            if (i > 0) svg.Append($"""<line class="cut" x1="{Xy(X(at + 0.5))}" x2="{Xy(X(at + 0.5))}" y1="{Xy(Top)}" y2="{Xy(Height - Bottom)}"/>""");
            var path = new StringBuilder();
            var pen = 'M';
            for (var e = 0; e < values.Count; e++)
            {
                if (!double.IsFinite(values[e]))
                {
                    pen = 'M';
                    continue;
                }
                path.Append(pen).Append(Xy(X(at + e + 1))).Append(' ').Append(Xy(Y(values[e])));
                pen = 'L';
                svg.Append($"""<circle class="c{i % 4}" cx="{Xy(X(at + e + 1))}" cy="{Xy(Y(values[e]))}" r="2"><title>{Encode(name)}, epoch {e + 1}: {Encode(format(values[e]))}</title></circle>""");
            }
            svg.Append($"""<path class="c{i % 4}" d="{path}"/>""");
            svg.Append($"""<text x="{Xy(X(at + (values.Count + 1) / 2.0))}" y="{Xy(Height - 18)}" text-anchor="middle">{Encode(name)}</text><text x="{Xy(X(at + (values.Count + 1) / 2.0))}" y="{Xy(Height - 5)}" text-anchor="middle" class="faint">{values.Count} epochs</text>""");
            at += values.Count;
        }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Round bounds and step (1, 2 or 5 times a power of ten) with four to eight lines.</summary>
    static (double Low, double High, double Step) Axis(double low, double high)
    {
        if (high - low < 1e-9) (low, high) = (low - 0.5 * Math.Max(Math.Abs(low), 0.02), high + 0.5 * Math.Max(Math.Abs(high), 0.02));
        var raw = (high - low) / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * (raw / power) switch { <= 1.001 => 1, <= 2.001 => 2, <= 5.001 => 5, _ => 10 };
        return (Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, step);
    }
}

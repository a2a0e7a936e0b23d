using System.Globalization;
using System.Text;

namespace Flywheel.Imaging;

/// <summary>Plots for reports.</summary>
public static class Plots
{
    /// <summary>Lines with interval bars: learning curves, accuracy against labels spent.</summary>
    /// <param name="title">Title over the plot.</param>
    /// <param name="xLabel">What the horizontal axis is.</param>
    /// <param name="yLabel">What the vertical axis is.</param>
    /// <param name="series">At least one line.</param>
    /// <param name="format">Encoding.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <returns>The file's bytes.</returns>
    public static byte[] Curve(string title, string xLabel, string yLabel, IReadOnlyList<PlotSeries> series, PlotFormat format = PlotFormat.Svg, int width = 640, int height = 400)
    {
        ArgumentNullException.ThrowIfNull(series);
        using var plot = NewPlot(title);
        foreach (var line in series)
        {
            var points = line.Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToArray();
            if (points.Length == 0) continue;
            var scatter = plot.Add.Scatter(points.Select(p => p.X).ToArray(), points.Select(p => p.Y).ToArray());
            scatter.LegendText = line.Name;
            scatter.LineWidth = 2;
            scatter.MarkerSize = points.Length > 40 ? 0 : 6;
            if (line.Dashed) scatter.LinePattern = ScottPlot.LinePattern.Dashed;
            var bars = points.Where(p => p.Low is not null && p.High is not null).ToArray();
            if (bars.Length == 0) continue;
            var errors = plot.Add.ErrorBar(bars.Select(p => p.X).ToArray(), bars.Select(p => p.Y).ToArray(), new double[bars.Length]);
            errors.YErrorNegative = bars.Select(p => Math.Max(0, p.Y - p.Low!.Value)).ToArray();
            errors.YErrorPositive = bars.Select(p => Math.Max(0, p.High!.Value - p.Y)).ToArray();
            errors.Color = scatter.Color;
        }
        plot.XLabel(xLabel);
        plot.YLabel(yLabel);
        if (series.Count > 1) plot.ShowLegend(ScottPlot.Alignment.LowerRight);
        return Encode(plot, format, width, height);
    }

    /// <summary>A confusion matrix: rows are the truth, columns the prediction; each cell shows its count and its share of the row, by which it is coloured.</summary>
    /// <param name="title">Title over the matrix.</param>
    /// <param name="labels">Names of rows and columns.</param>
    /// <param name="counts">Counts, square, in the labels' order.</param>
    /// <param name="format">Encoding.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <returns>The file's bytes.</returns>
    public static byte[] ConfusionMatrix(string title, IReadOnlyList<string> labels, IReadOnlyList<IReadOnlyList<int>> counts, PlotFormat format = PlotFormat.Svg, int width = 420, int height = 380)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(counts);
        var n = labels.Count;
        if (counts.Count != n || counts.Any(r => r.Count != n)) throw new ArgumentException($"The matrix must be {n}×{n}, like the labels.", nameof(counts));
        using var plot = NewPlot(title);
        var names = labels.Select((name, i) => (name, (double)i)).ToArray();
        for (var row = 0; row < n; row++)
        {
            var total = counts[row].Sum();
            for (var column = 0; column < n; column++)
            {
                double share = total > 0 ? (double)counts[row][column] / total : 0, y = n - 1 - row;
                var cell = plot.Add.Rectangle(column - 0.5, column + 0.5, y - 0.5, y + 0.5);
                // Right answers in blue, wrong ones in red; white to full by the row's share.
                var full = row == column ? (R: 33, G: 102, B: 172) : (R: 178, G: 24, B: 43);
                cell.FillColor = new ScottPlot.Color(Mix(full.R, share), Mix(full.G, share), Mix(full.B, share));
                cell.LineColor = ScottPlot.Colors.White;
                var text = plot.Add.Text(string.Create(CultureInfo.InvariantCulture, $"{counts[row][column]:N0}\n{share:P1}"), column, y);
                text.LabelAlignment = ScottPlot.Alignment.MiddleCenter;
                text.LabelFontSize = n <= 4 ? 15 : n <= 8 ? 11 : 8;
                text.LabelFontColor = share > 0.55 ? ScottPlot.Colors.White : ScottPlot.Colors.Black;
            }
        }
        plot.Axes.Bottom.SetTicks(names.Select(x => x.Item2).ToArray(), labels.ToArray());
        plot.Axes.Left.SetTicks(names.Select(x => n - 1 - x.Item2).ToArray(), labels.ToArray());
        plot.XLabel("predicted");
        plot.YLabel("true");
        plot.HideGrid();
        plot.Axes.SetLimits(-0.5, n - 0.5, -0.5, n - 0.5);
        return Encode(plot, format, width, height);
    }

    static byte Mix(int full, double share) => (byte)Math.Round(255 + (full - 255) * Math.Clamp(share, 0, 1));

    static ScottPlot.Plot NewPlot(string title)
    {
        SheetFont.EnsurePlots();
        var plot = new ScottPlot.Plot();
        plot.Font.Set(SheetFont.Family);
        if (title.Length > 0) plot.Title(title, 15);
        return plot;
    }

    static byte[] Encode(ScottPlot.Plot plot, PlotFormat format, int width, int height) => format == PlotFormat.Svg
        ? Encoding.UTF8.GetBytes(plot.GetSvgXml(width, height))
        : plot.GetImageBytes(width, height, ScottPlot.ImageFormat.Png);
}

using System.Text;

namespace Flywheel.Imaging.Tests;

public sealed class PlotsTests
{
    static readonly PlotSeries s_margin = new("margin", [new(0, 0.8, 0.75, 0.85), new(40, 0.9, 0.88, 0.92), new(80, double.NaN)]);

    [Fact]
    public void A_curve_names_its_title_axes_and_series()
    {
        var svg = Encoding.UTF8.GetString(Plots.Curve("Labels spent", "labels", "accuracy", [s_margin, new("random", [new(0, 0.8)], true)]));

        Assert.StartsWith("<", svg.TrimStart(), StringComparison.Ordinal);
        using var png = ImageDecoder.Decode(Plots.Curve("Labels spent", "labels", "accuracy", [s_margin], PlotFormat.Png, 500, 300), "curve");
        Assert.Equal((500, 300), (png.Width, png.Height));
        using var other = ImageDecoder.Decode(Plots.Curve("Other title", "labels", "accuracy", [s_margin], PlotFormat.Png, 500, 300), "curve");
        Assert.False(png.Span.SequenceEqual(other.Span), "the title is drawn");
    }

    [Fact]
    public void A_confusion_matrix_colours_right_answers_blue_and_wrong_ones_red()
    {
        using var png = ImageDecoder.Decode(Plots.ConfusionMatrix("All wrong but one", ["a", "b"], [[10, 0], [10, 0]], PlotFormat.Png, 400, 400), "matrix");
        int blue = 0, red = 0;
        for (var i = 0; i < png.Length; i += 3)
        {
            if (png.Span[i + 2] > png.Span[i] + 80) blue++;
            if (png.Span[i] > png.Span[i + 2] + 80) red++;
        }
        Assert.True(blue > 8000 && red > 8000, $"{blue} blue and {red} red pixels");
    }

    [Fact]
    public void A_matrix_of_the_wrong_shape_is_refused() =>
        Assert.Throws<ArgumentException>(() => Plots.ConfusionMatrix("", ["a", "b"], [[1, 2]]));
}

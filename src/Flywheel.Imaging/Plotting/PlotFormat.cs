namespace Flywheel.Imaging;

/// <summary>How a plot is encoded.</summary>
public enum PlotFormat
{
    /// <summary>Pixels.</summary>
    Png,
    /// <summary>Vector drawing, UTF-8 text; stays sharp in a report.</summary>
    Svg,
}

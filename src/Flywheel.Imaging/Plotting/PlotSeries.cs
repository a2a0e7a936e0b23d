namespace Flywheel.Imaging;

/// <summary>A named line of points.</summary>
/// <param name="Name">Its entry in the legend.</param>
/// <param name="Points">The points, by rising X.</param>
/// <param name="Dashed">Drawn dashed, as for a reference or a ceiling.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<PlotPoint> Points, bool Dashed = false);

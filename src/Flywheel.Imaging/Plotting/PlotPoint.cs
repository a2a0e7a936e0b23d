namespace Flywheel.Imaging;

/// <summary>One point of a series.</summary>
/// <param name="X">Position.</param>
/// <param name="Y">Value; NaN points are left out.</param>
/// <param name="Low">Lower end of an interval, when there is one.</param>
/// <param name="High">Upper end of an interval, when there is one.</param>
public readonly record struct PlotPoint(double X, double Y, double? Low = null, double? High = null);

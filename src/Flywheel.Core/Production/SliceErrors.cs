namespace Flywheel;

/// <summary>Which errors slices are sought in.</summary>
public enum SliceErrors
{
    /// <summary>Known ones if at least half of the images have a label; else expected ones.</summary>
    Auto,
    /// <summary>Only images whose prediction is known right or wrong, by label or report.</summary>
    Known,
    /// <summary>All images: known right or wrong where it is, else the model's calibrated doubt (1 − confidence).</summary>
    Expected,
}

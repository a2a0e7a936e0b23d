namespace Flywheel.Imaging.Samples;

/// <summary>A drawn eye and what is true of it.</summary>
/// <param name="Image">RGB picture.</param>
/// <param name="Conditions">The truth.</param>
public sealed record SampleEye(PixelImage Image, EyeConditions Conditions);

namespace Flywheel;

/// <summary>An image with the newest prediction of it.</summary>
/// <param name="Image">The image.</param>
/// <param name="Predicted">The label predicted, or null if there is no prediction.</param>
/// <param name="Confidence">Its probability in 0..1, or null.</param>
/// <param name="ModelId">The model that predicted, or null.</param>
public sealed record BrowsedImage(FlywheelImage Image, string? Predicted, double? Confidence, string? ModelId);

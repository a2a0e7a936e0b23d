namespace Flywheel;

/// <summary>An automatic label that was drawn for audit.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Label">What the machine said.</param>
public sealed record AutoLabelPick(string ImageId, string Label);

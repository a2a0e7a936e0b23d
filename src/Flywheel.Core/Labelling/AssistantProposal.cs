namespace Flywheel;

/// <summary>The label the assistant proposes for an image.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Label">The label.</param>
/// <param name="Confidence">Its probability, calibrated on labels it had not seen.</param>
public sealed record AssistantProposal(string ImageId, string Label, double Confidence);

namespace Flywheel.Engine.Studio;

/// <summary>What the assistant would answer for one image.</summary>
/// <param name="Label">The label; null where the queue asks for boxes.</param>
/// <param name="Confidence">How sure it is, 0..1.</param>
public sealed record StudioProposal(string? Label, double Confidence)
{
    /// <summary>The boxes, where the queue asks for them; null otherwise.</summary>
    public IReadOnlyList<LabelBox>? Boxes { get; init; }
}

namespace Flywheel;

/// <summary>How far training images are varied.</summary>
public enum TrainingAugmentation
{
    /// <summary>Scale, crop, shift, rotation, resolution, light, noise, occlusion and mirroring: for production that differs from the training data.</summary>
    Robust,
    /// <summary>Mirroring only: the control by which robustness is judged.</summary>
    Flip,
    /// <summary>The images as they are; also never mirrored when predicting, for labels that a mirror would change.</summary>
    None,
}

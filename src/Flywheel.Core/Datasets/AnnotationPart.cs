namespace Flywheel;

/// <summary>What of an image an annotation is about. The parts have histories of their own: a new label leaves the boxes alone.</summary>
public enum AnnotationPart
{
    /// <summary>The class label.</summary>
    Label = 0,
    /// <summary>The boxes: all of them at once.</summary>
    Boxes = 1,
    /// <summary>Whether the image is left out of its datasets, and why.</summary>
    Exclusion = 2,
}

namespace Flywheel;

/// <summary>Where an annotation came from.</summary>
public enum AnnotationProvenance
{
    /// <summary>It came with the data.</summary>
    Imported = 0,
    /// <summary>A person labelled the image.</summary>
    Human = 1,
    /// <summary>A machine labelled it; such labels never enter validation or test.</summary>
    Auto = 2,
    /// <summary>A person confirmed or corrected an earlier label.</summary>
    Reviewed = 3,
}

namespace Flywheel;

/// <summary>A wish to change what is true of one image; the catalogue turns it into an <see cref="Annotation"/>.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Label">The new label, or null to withdraw the present one.</param>
/// <param name="Provenance">Kind of source.</param>
/// <param name="Author">Who.</param>
/// <param name="Source">From what.</param>
public sealed record AnnotationChange(string ImageId, string? Label, AnnotationProvenance Provenance, string Author, string? Source = null)
{
    /// <summary>What of the image is to change.</summary>
    public AnnotationPart Part { get; private init; }

    /// <summary>The new boxes: null withdraws what was said, none says that there is nothing.</summary>
    public IReadOnlyList<LabelBox>? Boxes { get; private init; }

    /// <summary>Why the image is to be left out of its datasets; null takes it in again.</summary>
    public string? Exclusion { get; private init; }

    /// <summary>A change of an image's boxes, all at once.</summary>
    public static AnnotationChange OfBoxes(string imageId, IReadOnlyList<LabelBox>? boxes, AnnotationProvenance provenance, string author, string? source = null) =>
        new(imageId, null, provenance, author, source) { Part = AnnotationPart.Boxes, Boxes = boxes };

    /// <summary>Leaves an image out of its datasets, or takes it in again.</summary>
    public static AnnotationChange OfExclusion(string imageId, string? reason, string author, string? source = null) =>
        new(imageId, null, AnnotationProvenance.Reviewed, author, source) { Part = AnnotationPart.Exclusion, Exclusion = reason };

    /// <summary>The new value as the ledger writes it: the label, the boxes' text or the reason.</summary>
    public string? Value => Part switch { AnnotationPart.Boxes => LabelBoxes.Write(Boxes), AnnotationPart.Exclusion => Exclusion, _ => Label };
}

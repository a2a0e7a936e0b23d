namespace Flywheel;

/// <summary>A wish to change what is true of one image; the catalogue turns it into an <see cref="Annotation"/>.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Label">The new label, or null to withdraw the present one.</param>
/// <param name="Provenance">Kind of source.</param>
/// <param name="Author">Who.</param>
/// <param name="Source">From what.</param>
public sealed record AnnotationChange(string ImageId, string? Label, AnnotationProvenance Provenance, string Author, string? Source = null);

namespace Flywheel;

/// <summary>What adding a batch did.</summary>
/// <param name="Added">Images new to the dataset.</param>
/// <param name="Present">Images that were in it already.</param>
/// <param name="Conflicts">Paths whose imported label differs from the label the image already has.</param>
public sealed record AddImagesResult(int Added, int Present, IReadOnlyList<LabelConflict> Conflicts);

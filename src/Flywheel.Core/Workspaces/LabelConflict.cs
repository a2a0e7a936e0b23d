namespace Flywheel;

/// <summary>Equal bytes with different labels.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Path">The later file.</param>
/// <param name="Existing">The label it had.</param>
/// <param name="Imported">The label the later file gives.</param>
public sealed record LabelConflict(string ImageId, string Path, string Existing, string Imported);

namespace Flywheel;

/// <summary>One row of an immutable dataset version.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Label">Its label at that time, or null.</param>
/// <param name="Split">Its split.</param>
public readonly record struct DatasetVersionEntry(string ImageId, string? Label, DataSplit Split)
{
    /// <summary>Its boxes at that time as the text of <see cref="LabelBoxes"/>, or null if nobody had said.</summary>
    public string? Boxes { get; init; }
}

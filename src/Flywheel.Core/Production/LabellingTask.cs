namespace Flywheel;

/// <summary>Images handed to people for labelling: a folder with their copies and a manifest whose column <c>label</c> waits to be filled in.</summary>
public sealed record LabellingTask
{
    /// <summary>The folder, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>The manifest to fill in; Set-FlywheelAnnotation -FromManifest takes it back.</summary>
    public required string Manifest { get; init; }

    /// <summary>The images, in the order of the manifest.</summary>
    public required IReadOnlyList<string> ImageIds { get; init; }

    /// <summary>Labels to choose from; <c>-</c> stands for none of them.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Images left out because they have a label already.</summary>
    public int AlreadyLabelled { get; init; }

    /// <summary>Images left out because their picture was not kept or is gone.</summary>
    public int Missing { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Number of images to label.</summary>
    public int Images => ImageIds.Count;
}

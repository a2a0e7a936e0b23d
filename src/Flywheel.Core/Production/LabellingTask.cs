namespace Flywheel;

/// <summary>
/// Images handed to people for labelling: copies of them with a file for the tool, or a queue of the studio. In a folder that is a manifest whose
/// column <c>label</c> waits to be filled in.
/// </summary>
public sealed record LabellingTask
{
    /// <summary>The folder, absolute; the address of the project for a task sent to a server; empty for the studio.</summary>
    public required string Path { get; init; }

    /// <summary>The manifest to fill in, or the file to import into the tool; Receive-FlywheelAnnotation takes the result back. Empty where there is no file.</summary>
    public required string Manifest { get; init; }

    /// <summary>The images, in the order of the manifest.</summary>
    public required IReadOnlyList<string> ImageIds { get; init; }

    /// <summary>Labels to choose from; <c>-</c> stands for none of them.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Where people label.</summary>
    public LabellingTool To { get; init; }

    /// <summary>The queue that remembers what was sent, to compare with what comes back.</summary>
    public string Queue { get; init; } = "";

    /// <summary>What people say: the label or the boxes.</summary>
    public AnnotationPart Part { get; init; }

    /// <summary>Images with a proposal to correct, the catalogue's own or a model's.</summary>
    public int Proposed { get; init; }

    /// <summary>Number of the project on a server of Label Studio, or null.</summary>
    public long? Project { get; init; }

    /// <summary>Images left out because they have a label already.</summary>
    public int AlreadyLabelled { get; init; }

    /// <summary>Images left out because their picture was not kept or is gone.</summary>
    public int Missing { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Number of images to label.</summary>
    public int Images => ImageIds.Count;
}

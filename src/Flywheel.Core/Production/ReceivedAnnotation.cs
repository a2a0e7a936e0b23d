namespace Flywheel;

/// <summary>One thing that came back from people: a label of an image, or one of its boxes.</summary>
public sealed record ReceivedAnnotation
{
    /// <summary>The queue it was sent with.</summary>
    public required string Queue { get; init; }

    /// <summary>The image.</summary>
    public required string ImageId { get; init; }

    /// <summary>Where the image lies.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it is about the label or the boxes.</summary>
    public AnnotationPart Part { get; init; }

    /// <summary>What became of it.</summary>
    public ReceivedKind Kind { get; init; }

    /// <summary>The label before; null for none.</summary>
    public string? OldLabel { get; init; }

    /// <summary>The label that came back; null for none.</summary>
    public string? NewLabel { get; init; }

    /// <summary>The box before; null for a new one, and where all boxes are meant.</summary>
    public LabelBox? OldBox { get; init; }

    /// <summary>The box that came back; null for a deleted one, and where all boxes are meant.</summary>
    public LabelBox? NewBox { get; init; }

    /// <summary>Who says so.</summary>
    public string By { get; init; } = "";

    /// <summary>Where in the tool's file it stands; empty if nothing came back.</summary>
    public string Place { get; init; } = "";

    /// <summary>True if it was, or under WhatIf would be, written to the ledger.</summary>
    public bool Recorded { get; init; }

    /// <summary>The box's id, or null.</summary>
    public string? BoxId => NewBox?.Id ?? OldBox?.Id;

    /// <summary>File name of the image, without its folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);
}

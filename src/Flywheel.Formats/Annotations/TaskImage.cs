namespace Flywheel.Formats.Annotations;

/// <summary>An image of a labelling task, with what is shown of it to the people who label.</summary>
public sealed record TaskImage
{
    /// <summary>What names it in the task, whatever the tool makes of the file's name.</summary>
    public required string Key { get; init; }

    /// <summary>Name of its copy in the task's folder of images.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the file's bytes.</summary>
    public required string ImageId { get; init; }

    /// <summary>Name of the source file, which a tool may know the image by.</summary>
    public string Name { get; init; } = "";

    /// <summary>Width in pixels, upright.</summary>
    public int Width { get; init; }

    /// <summary>Height in pixels, upright.</summary>
    public int Height { get; init; }

    /// <summary>The label that is shown as a proposal; null shows none.</summary>
    public string? Label { get; init; }

    /// <summary>The boxes that are shown as a proposal; null shows none and claims nothing.</summary>
    public IReadOnlyList<LabelBox>? Boxes { get; init; }

    /// <summary>How sure whoever proposes is, in 0..1; null if that is not known.</summary>
    public double? Score { get; init; }
}

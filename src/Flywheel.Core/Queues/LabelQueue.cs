namespace Flywheel;

/// <summary>Images that people shall label, in the studio or in another tool, and how far they are.</summary>
public sealed record LabelQueue
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where people answer: studio, folder, labelstudio, cvat or coco.</summary>
    public string Kind { get; init; } = "studio";

    /// <summary>What they say: the label or the boxes.</summary>
    public AnnotationPart Part { get; init; }

    /// <summary>Labels to choose from; the first nine have the keys 1 to 9.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>How many people answer each image, without seeing each other's answer.</summary>
    public int Votes { get; init; } = 1;

    /// <summary>The file or folder of another tool's task; null in the studio.</summary>
    public string? Path { get; init; }

    /// <summary>The dataset the images are of, or null.</summary>
    public string? Dataset { get; init; }

    /// <summary>Who made it.</summary>
    public string Author { get; init; } = "";

    /// <summary>When, UTC; set by the catalogue.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Images in it.</summary>
    public int Images { get; init; }

    /// <summary>Images answered by as many people as asked for.</summary>
    public int Done { get; init; }

    /// <summary>Images somebody set aside.</summary>
    public int Flagged { get; init; }

    /// <summary>Images that still wait, those on somebody's screen and those passed on included.</summary>
    public int Open => Images - Done - Flagged;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

namespace Flywheel.Engine.Annotations;

/// <summary>What to hand to people, and how.</summary>
public sealed record SendRequest
{
    /// <summary>Ids, unambiguous prefixes or source paths; the order is kept.</summary>
    public required IReadOnlyList<string> ImageIds { get; init; }

    /// <summary>Where people label.</summary>
    public LabellingTool To { get; init; }

    /// <summary>Folder of the task, absolute; null for the studio and a server.</summary>
    public string? Path { get; init; }

    /// <summary>Name of the queue; made from the folder's when null.</summary>
    public string? Name { get; init; }

    /// <summary>What people say; when null, boxes if the images have boxes and no labels, else labels.</summary>
    public AnnotationPart? Part { get; init; }

    /// <summary>Labels to choose from; those of all datasets and models when null.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>True: also images that have an annotation.</summary>
    public bool IncludeLabelled { get; init; }

    /// <summary>True: show what the catalogue has, for people to correct. Implies <see cref="IncludeLabelled"/>.</summary>
    public bool PreAnnotate { get; init; }

    /// <summary>A model whose predictions are shown for images without an annotation; null shows none.</summary>
    public string? Model { get; init; }

    /// <summary>At most this many images.</summary>
    public int First { get; init; } = int.MaxValue;

    /// <summary>Put before the name of an image's file to make what Label Studio loads it by; a local file of its document root when null.</summary>
    public string? ImagePrefix { get; init; }

    /// <summary>True: put the pictures themselves into Label Studio's tasks.</summary>
    public bool Embed { get; init; }

    /// <summary>How many people answer each image in the studio.</summary>
    public int Votes { get; init; } = 1;

    /// <summary>Who sends; the user's name when null.</summary>
    public string? Author { get; init; }
}

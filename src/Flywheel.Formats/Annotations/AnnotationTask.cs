namespace Flywheel.Formats.Annotations;

/// <summary>What is handed to people for labelling, in whatever format.</summary>
public sealed record AnnotationTask
{
    /// <summary>Name of the queue; the files tell it, so that the way back needs no name.</summary>
    public required string Name { get; init; }

    /// <summary>What people say: the label or the boxes.</summary>
    public AnnotationPart Part { get; init; }

    /// <summary>Labels to choose from.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The images, in order.</summary>
    public required IReadOnlyList<TaskImage> Images { get; init; }

    /// <summary>Who proposes: a model's name, or null for the catalogue itself.</summary>
    public string? Proposer { get; init; }

    /// <summary>Put before the name of an image's file to make what the tool loads it by. <c>{0}</c> in it stands for the escaped name.</summary>
    public string ImagePrefix { get; init; } = "";
}

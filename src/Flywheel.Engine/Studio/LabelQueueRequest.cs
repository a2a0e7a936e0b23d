namespace Flywheel.Engine.Studio;

/// <summary>The queue somebody wants.</summary>
public sealed record LabelQueueRequest
{
    /// <summary>Its name; null for one after the dataset, or with the next number.</summary>
    public string? Name { get; init; }

    /// <summary>Ids, unambiguous prefixes or source paths of images, in the order they shall come.</summary>
    public IReadOnlyList<string> ImageIds { get; init; } = [];

    /// <summary>A dataset whose images it also holds, or null.</summary>
    public string? Dataset { get; init; }

    /// <summary>Labels to choose from; null for those the dataset, the workspace or its models know.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>True if people draw boxes; false if they choose a label.</summary>
    public bool Boxes { get; init; }

    /// <summary>How many people answer each image, 1..20.</summary>
    public int Votes { get; init; } = 1;

    /// <summary>True: also images somebody has labelled already.</summary>
    public bool IncludeLabelled { get; init; }

    /// <summary>At most this many images.</summary>
    public int First { get; init; } = int.MaxValue;
}

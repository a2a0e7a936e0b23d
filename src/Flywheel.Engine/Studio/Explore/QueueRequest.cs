namespace Flywheel.Engine.Studio.Explore;

/// <summary>A queue to make of a selection.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Author">Who makes it.</param>
public sealed record QueueRequest(string Name, string Author)
{
    /// <summary>What people shall say.</summary>
    public AnnotationPart Part { get; init; }

    /// <summary>Labels to choose from; none for those the images and their datasets have.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>How many people answer each image.</summary>
    public int Votes { get; init; } = 1;
}

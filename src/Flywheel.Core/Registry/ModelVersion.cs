namespace Flywheel;

/// <summary>A published model: an immutable folder with the network, its card and checksums. A version's number is never given twice.</summary>
public sealed record ModelVersion
{
    /// <summary>Number in the workspace, from 1; 0 before it is recorded.</summary>
    public int Number { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>Id of the model.</summary>
    public required string ModelId { get; init; }

    /// <summary>The version's folder, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Content id of the training dataset's version; empty if unknown.</summary>
    public string DatasetVersion { get; init; } = "";

    /// <summary>Who published it.</summary>
    public required string Author { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset Published { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"v{Number} {Name} ({ModelId})";
}

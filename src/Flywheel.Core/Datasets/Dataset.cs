namespace Flywheel;

/// <summary>A named set of images in a workspace, as it stands now.</summary>
public sealed record Dataset
{
    /// <summary>The dataset's name.</summary>
    public required string Name { get; init; }

    /// <summary>Root folder of the workspace that holds it.</summary>
    public required string Workspace { get; init; }

    /// <summary>
    /// Content hash of membership, labels, splits and boxes: the SHA-256 over the sorted rows "image id, label, split" and, where boxes are
    /// known, "boxes"; 64 hexadecimal digits. Equal content has an equal id, whoever made it and when. Excluded images are no part of it.
    /// </summary>
    public required string VersionId { get; init; }

    /// <summary>Number of images.</summary>
    public int Images { get; init; }

    /// <summary>Number of images with a label.</summary>
    public int Labelled { get; init; }

    /// <summary>Images per label, ordered by label; unlabelled images are not in it.</summary>
    public IReadOnlyDictionary<string, int> LabelCounts { get; init; } = new Dictionary<string, int>();

    /// <summary>Number of images whose boxes are known, those without any object included.</summary>
    public int Boxed { get; init; }

    /// <summary>Boxes per label, ordered by label.</summary>
    public IReadOnlyDictionary<string, int> BoxCounts { get; init; } = new Dictionary<string, int>();

    /// <summary>Images per split.</summary>
    public IReadOnlyDictionary<DataSplit, int> SplitCounts { get; init; } = new Dictionary<DataSplit, int>();

    /// <summary>Tag key by which the splits keep images together, or null.</summary>
    public string? GroupBy { get; init; }

    /// <summary>When the dataset was first made, UTC.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>The labels of images and boxes, ordered.</summary>
    public IReadOnlyList<string> Labels => [.. LabelCounts.Keys.Union(BoxCounts.Keys).Order(StringComparer.Ordinal)];

    /// <summary>The version id's first twelve digits.</summary>
    public string Version => VersionId.Length >= 12 ? VersionId[..12] : VersionId;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}@{Version}";
}

namespace Flywheel.Engine.Datasets;

/// <summary>What to import and how to read labels and tags from it.</summary>
public sealed record ImportRequest
{
    /// <summary>A folder, one image file, or a CSV manifest; absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Name of the dataset; the folder's or file's own name when null.</summary>
    public string? Name { get; init; }

    /// <summary>.NET regular expression over file names; the group <c>label</c> is the label, other named groups are tags.</summary>
    public string? NamePattern { get; init; }

    /// <summary>Raw label to label; null: the raw labels are the labels.</summary>
    public IReadOnlyDictionary<string, string>? LabelMap { get; init; }

    /// <summary>True: take no labels.</summary>
    public bool Unlabeled { get; init; }

    /// <summary>At most this many images per label (of all, when unlabelled), chosen by <see cref="Seed"/>; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Seed of the choice. A file's turn depends on the seed and its relative path alone, so more files do not reshuffle it.</summary>
    public long Seed { get; init; }

    /// <summary>True: copy the bytes into the workspace, and refer to the copies.</summary>
    public bool Copy { get; init; }

    /// <summary>Whether a manifest may name files outside its folder.</summary>
    public bool AllowOutside { get; init; }

    /// <summary>Who imports; the user's name when null.</summary>
    public string? Author { get; init; }

    /// <summary>Threads that read and measure; one per core when null.</summary>
    public int? Threads { get; init; }
}

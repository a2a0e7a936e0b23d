namespace Flywheel.Engine.Datasets;

/// <summary>What to import and how to read labels and tags from it.</summary>
public sealed record ImportRequest
{
    /// <summary>A folder, one image file, or a CSV manifest; absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Only these image files in or below the folder <see cref="Path"/>; absolute. Null: all of it.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>Name of the dataset; the folder's or file's own name when null.</summary>
    public string? Name { get; init; }

    /// <summary>.NET regular expression over file names; the group <c>label</c> is the label, other named groups are tags.</summary>
    public string? NamePattern { get; init; }

    /// <summary>Raw label to label; null: the raw labels are the labels.</summary>
    public IReadOnlyDictionary<string, string>? LabelMap { get; init; }

    /// <summary>True: take no labels.</summary>
    public bool Unlabeled { get; init; }

    /// <summary>A file or folder with the images' boxes (Pascal VOC, YOLO, COCO, CVAT, Label Studio); absolute. Null: none.</summary>
    public string? Boxes { get; init; }

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

    /// <summary>The deepest folder that holds all the files; what <see cref="Path"/> is to be when files are given.</summary>
    public static string CommonFolder(IReadOnlyList<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfZero(files.Count);
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(files[0]))!;
        foreach (var file in files)
            while (!file.StartsWith(System.IO.Path.EndsInDirectorySeparator(folder) ? folder : folder + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal))
                folder = System.IO.Path.GetDirectoryName(folder) ?? System.IO.Path.GetPathRoot(file)!;
        return folder;
    }
}

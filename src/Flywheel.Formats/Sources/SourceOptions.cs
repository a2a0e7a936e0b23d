namespace Flywheel.Formats.Sources;

/// <summary>Where images come from and how their labels and tags are told.</summary>
public sealed record SourceOptions
{
    /// <summary>A folder, one image file, or a CSV manifest; absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Only these image files, which lie in or below the folder <see cref="Path"/>; absolute. Null: all of it.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>
    /// .NET regular expression with named groups, matched against the file's name (against its path below the folder, with forward
    /// slashes, if the expression contains a slash). The group <c>label</c> is the label, every other one a tag.
    /// </summary>
    public string? NamePattern { get; init; }

    /// <summary>Turns what folder, name or manifest say into labels; if given, it must have every raw label. Null: they are the labels.</summary>
    public IReadOnlyDictionary<string, string>? LabelMap { get; init; }

    /// <summary>True: take no label from anywhere, not even as a tag.</summary>
    public bool Unlabeled { get; init; }

    /// <summary>Whether a manifest may name files outside its own folder.</summary>
    public bool AllowOutside { get; init; }
}

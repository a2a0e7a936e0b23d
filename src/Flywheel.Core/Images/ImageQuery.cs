namespace Flywheel;

/// <summary>Which images to list. Conditions are joined by "and"; empty conditions match everything.</summary>
public sealed record ImageQuery
{
    /// <summary>Dataset name, or null for the whole catalogue.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only images with one of these ids.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }

    /// <summary>Only images with one of these labels.</summary>
    public IReadOnlyCollection<string>? Labels { get; init; }

    /// <summary>True: only labelled images. False: only unlabelled ones. Null: both.</summary>
    public bool? Labelled { get; init; }

    /// <summary>True: only images whose picture is there. False: only those of which an endpoint kept no picture. Null: both.</summary>
    public bool? HasPicture { get; init; }

    /// <summary>Only images of this split (needs <see cref="Dataset"/>).</summary>
    public DataSplit? Split { get; init; }

    /// <summary>Only images whose tags have these values; <c>*</c> and <c>?</c> are wildcards.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Only images whose properties meet these conditions.</summary>
    public IReadOnlyList<PropertyCondition> Properties { get; init; } = [];

    /// <summary>
    /// Also images that a reviewer left out of their datasets. They are left out here unless asked for, or named by <see cref="Ids"/>
    /// without a dataset.
    /// </summary>
    public bool IncludeExcluded { get; init; }

    /// <summary>At most this many, or null for all.</summary>
    public int? First { get; init; }
}

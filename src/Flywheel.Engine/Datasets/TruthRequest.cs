namespace Flywheel.Engine.Datasets;

/// <summary>Where the truth about images is to be read: a labelled folder or manifest, read as an import would.</summary>
public sealed record TruthRequest
{
    /// <summary>A folder or a CSV manifest; absolute.</summary>
    public required string Path { get; init; }

    /// <summary>As <see cref="ImportRequest.NamePattern"/>.</summary>
    public string? NamePattern { get; init; }

    /// <summary>As <see cref="ImportRequest.LabelMap"/>.</summary>
    public IReadOnlyDictionary<string, string>? LabelMap { get; init; }

    /// <summary>As <see cref="ImportRequest.AllowOutside"/>.</summary>
    public bool AllowOutside { get; init; }

    /// <summary>True: where no file has an image's bytes, a file of the same name may speak for it, if there is just one.</summary>
    public bool MatchNames { get; init; }
}

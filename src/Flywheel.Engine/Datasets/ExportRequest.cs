namespace Flywheel.Engine.Datasets;

/// <summary>What to export, and where to.</summary>
public sealed record ExportRequest
{
    /// <summary>Name of the dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>The folder to make; absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Only this split.</summary>
    public DataSplit? Split { get; init; }

    /// <summary>Only these labels.</summary>
    public IReadOnlyCollection<string>? Labels { get; init; }

    /// <summary>True: one folder per split above the folders of the labels.</summary>
    public bool BySplit { get; init; }

    /// <summary>True: replace a folder that is there.</summary>
    public bool Force { get; init; }
}

namespace Flywheel.PowerShell;

/// <summary>What Invoke-FlywheelPrediction takes from the pipeline: a path, a file, an image of the catalogue, or a whole dataset.</summary>
public sealed class PredictionTarget
{
    /// <summary>A path, perhaps with wildcards.</summary>
    public PredictionTarget(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
    }

    /// <summary>A file.</summary>
    public PredictionTarget(FileInfo file)
    {
        ArgumentNullException.ThrowIfNull(file);
        File = file.FullName;
    }

    /// <summary>One image.</summary>
    public PredictionTarget(FlywheelImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Image = image;
    }

    /// <summary>A chosen image.</summary>
    public PredictionTarget(SelectedImage selected)
    {
        ArgumentNullException.ThrowIfNull(selected);
        Image = selected.Image;
    }

    /// <summary>The image of a failure.</summary>
    public PredictionTarget(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Image = failure.Image;
    }

    /// <summary>All images of a dataset.</summary>
    public PredictionTarget(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        Dataset = dataset;
    }

    /// <summary>The path, perhaps with wildcards, or null.</summary>
    public string? Path { get; }

    /// <summary>The file's absolute path, or null.</summary>
    public string? File { get; }

    /// <summary>The image, or null.</summary>
    public FlywheelImage? Image { get; }

    /// <summary>The dataset, or null.</summary>
    public Dataset? Dataset { get; }

    /// <inheritdoc/>
    public override string ToString() => Path ?? File ?? Image?.ToString() ?? Dataset?.ToString() ?? "";
}

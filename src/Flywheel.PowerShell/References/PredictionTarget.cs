namespace Flywheel.PowerShell;

/// <summary>What Invoke-FlywheelPrediction takes from the pipeline besides files: an image of the catalogue, or a whole dataset.</summary>
public sealed class PredictionTarget
{
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

    /// <summary>The image, or null.</summary>
    public FlywheelImage? Image { get; }

    /// <summary>The dataset, or null.</summary>
    public Dataset? Dataset { get; }

    /// <inheritdoc/>
    public override string ToString() => Image?.ToString() ?? Dataset?.ToString() ?? "";
}

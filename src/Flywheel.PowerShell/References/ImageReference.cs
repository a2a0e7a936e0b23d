namespace Flywheel.PowerShell;

/// <summary>An image given as object or id; anything that carries an image will do.</summary>
public sealed class ImageReference
{
    /// <summary>From an id, its first digits (at least six), or the path of a source file.</summary>
    public ImageReference(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        Id = id;
    }

    /// <summary>From an image.</summary>
    public ImageReference(FlywheelImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Id = image.Id;
    }

    /// <summary>From a chosen image.</summary>
    public ImageReference(SelectedImage selected)
    {
        ArgumentNullException.ThrowIfNull(selected);
        Id = selected.ImageId;
    }

    /// <summary>From a failure.</summary>
    public ImageReference(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Id = failure.Image.Id;
    }

    /// <summary>From a label error.</summary>
    public ImageReference(LabelError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Id = error.ImageId;
    }

    /// <summary>From an image several people labelled.</summary>
    public ImageReference(ImageConsensus consensus)
    {
        ArgumentNullException.ThrowIfNull(consensus);
        Id = consensus.ImageId;
    }

    /// <summary>From a prediction.</summary>
    public ImageReference(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        Id = prediction.ImageId;
    }

    /// <summary>From a detector's finding.</summary>
    public ImageReference(DatasetFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        Id = finding.ImageId;
    }

    /// <summary>What the image is called by.</summary>
    public string Id { get; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}

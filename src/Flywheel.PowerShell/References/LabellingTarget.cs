namespace Flywheel.PowerShell;

/// <summary>What Send-FlywheelAnnotation takes from the pipeline: a slice, or anything that carries one image.</summary>
public sealed class LabellingTarget
{
    /// <summary>All images of a slice, the worst first.</summary>
    public LabellingTarget(Slice slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        ImageIds = slice.ImageIds;
    }

    /// <summary>From an id, its first digits (at least six), or the path of a source file.</summary>
    public LabellingTarget(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ImageIds = [id];
    }

    /// <summary>From an image.</summary>
    public LabellingTarget(FlywheelImage image) => ImageIds = [new ImageReference(image).Id];

    /// <summary>From a chosen image.</summary>
    public LabellingTarget(SelectedImage selected) => ImageIds = [new ImageReference(selected).Id];

    /// <summary>From a failure.</summary>
    public LabellingTarget(Failure failure) => ImageIds = [new ImageReference(failure).Id];

    /// <summary>From a label error.</summary>
    public LabellingTarget(LabelError error) => ImageIds = [new ImageReference(error).Id];

    /// <summary>From an image several people labelled.</summary>
    public LabellingTarget(ImageConsensus consensus) => ImageIds = [new ImageReference(consensus).Id];

    /// <summary>From a prediction.</summary>
    public LabellingTarget(Prediction prediction) => ImageIds = [new ImageReference(prediction).Id];

    /// <summary>From a detector's finding.</summary>
    public LabellingTarget(DatasetFinding finding) => ImageIds = [new ImageReference(finding).Id];

    /// <summary>All images of a set of copies, the one to keep first.</summary>
    public LabellingTarget(DuplicateSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        ImageIds = set.ImageIds;
    }

    /// <summary>From a suggestion.</summary>
    public LabellingTarget(Suggestion suggestion)
    {
        ArgumentNullException.ThrowIfNull(suggestion);
        ImageIds = [suggestion.ImageId];
    }

    /// <summary>What the images are called by.</summary>
    public IReadOnlyList<string> ImageIds { get; }

    /// <inheritdoc/>
    public override string ToString() => ImageIds is [var id] ? id : $"{ImageIds.Count} images";
}

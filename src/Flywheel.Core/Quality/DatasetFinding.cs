namespace Flywheel;

/// <summary>One image that a detector points to.</summary>
public sealed record DatasetFinding
{
    /// <summary>Name of the detector.</summary>
    public required string Detector { get; init; }

    /// <summary>The image.</summary>
    public required string ImageId { get; init; }

    /// <summary>Its file; empty if the picture was not kept.</summary>
    public string Path { get; init; } = "";

    /// <summary>Its label, or null.</summary>
    public string? Label { get; init; }

    /// <summary>Its split.</summary>
    public DataSplit Split { get; init; }

    /// <summary>How plain the problem is: 0 not at all, 1 beyond doubt; from 0.5 on an image is flagged.</summary>
    public double Score { get; init; }

    /// <summary>What is the matter, in words.</summary>
    public string Text { get; init; } = "";

    /// <summary>The other image it is about, such as the one this is a copy of; null if it is about this one alone.</summary>
    public string? RelatedImageId { get; init; }

    /// <summary>The label the image should have instead; null if the detector does not say.</summary>
    public string? SuggestedLabel { get; init; }

    /// <summary>File name without its folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <inheritdoc/>
    public override string ToString() => $"{Detector}: {(Name.Length > 0 ? Name : ImageId[..12])}: {Text}";
}

namespace Flywheel;

/// <summary>How far the annotators of a dataset agree.</summary>
public sealed record AgreementReport
{
    /// <summary>The dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Images somebody has an opinion of.</summary>
    public int Images { get; init; }

    /// <summary>Images two people or more have an opinion of.</summary>
    public int Shared { get; init; }

    /// <summary>Opinions in all: the newest of each person on each image.</summary>
    public int Votes { get; init; }

    /// <summary>Krippendorff's alpha on the shared images, with the bootstrap's interval over images: 1 is complete agreement, 0 that of chance.</summary>
    public required Metric Alpha { get; init; }

    /// <summary>Fleiss's kappa on the same images; NaN where it is undefined.</summary>
    public double FleissKappa { get; init; }

    /// <summary>Shared images in which the consensus is not the label the image has.</summary>
    public int Disputed { get; init; }

    /// <summary>Every pair of annotators with images in common.</summary>
    public IReadOnlyList<AnnotatorPair> Pairs { get; init; } = [];

    /// <summary>The annotators, the most votes first.</summary>
    public IReadOnlyList<AnnotatorQuality> Annotators { get; init; } = [];
}

using System.Globalization;

namespace Flywheel;

/// <summary>What the annotators of one image say together, each weighed by how far the others bear out that annotator.</summary>
public sealed record ImageConsensus
{
    /// <summary>The image, with the label it has.</summary>
    public required FlywheelImage Image { get; init; }

    /// <summary>The label that is most probably right.</summary>
    public required string Label { get; init; }

    /// <summary>How probably, 0..1 (Dawid and Skene, 1979).</summary>
    public double Probability { get; init; }

    /// <summary>The newest opinion of each annotator.</summary>
    public IReadOnlyDictionary<string, string> Votes { get; init; } = new Dictionary<string, string>();

    /// <summary>True if all annotators say the same.</summary>
    public bool Unanimous => Votes.Values.Distinct(StringComparer.Ordinal).Count() == 1;

    /// <summary>True if the consensus is the label the image has.</summary>
    public bool IsCurrent => Label == Image.Label;

    /// <summary>The image's id.</summary>
    public string ImageId => Image.Id;

    /// <summary>The image's file name.</summary>
    public string Name => Image.Name;

    /// <summary>The dataset.</summary>
    public string Dataset { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Image.Name}: {Label} ({Probability:0.00})");
}

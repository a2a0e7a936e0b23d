namespace Flywheel;

/// <summary>Images that show the same picture, or nearly.</summary>
public sealed record DuplicateSet
{
    /// <summary>Number of the set, from 1, largest set first.</summary>
    public int Number { get; init; }

    /// <summary>The images; the one to keep first, the others by similarity to it.</summary>
    public IReadOnlyList<FlywheelImage> Images { get; init; } = [];

    /// <summary>Number of images.</summary>
    public int Count => Images.Count;

    /// <summary>Their ids.</summary>
    public IReadOnlyList<string> ImageIds => [.. Images.Select(i => i.Id)];

    /// <summary>The image to keep if one is to be: in test rather than validation rather than training, labelled by a person, largest.</summary>
    public FlywheelImage Keep => Images[0];

    /// <summary>Least similarity of an image to the one to keep: correlation of the pictures, 0..1.</summary>
    public double Similarity { get; init; }

    /// <summary>Most differing bits of a perceptual hash from that of the one to keep.</summary>
    public int Distance { get; init; }

    /// <summary>Why they are taken for copies, in words.</summary>
    public string Why { get; init; } = "";

    /// <summary>Different labels among them, ordered.</summary>
    public IReadOnlyList<string> Labels => [.. Images.Select(i => i.Label).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Different splits among them.</summary>
    public IReadOnlyList<DataSplit> Splits => [.. Images.Select(i => i.Split).Where(s => s != DataSplit.None).Distinct().Order()];

    /// <summary>Whether they are in more than one split: figures on validation and test then look better than they are.</summary>
    public bool Across => Splits.Count > 1;

    /// <inheritdoc/>
    public override string ToString() => $"{Count} images like {Keep.Name}";
}

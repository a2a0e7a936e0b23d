using System.Globalization;

namespace Flywheel;

/// <summary>A label that is probably wrong, and what it should be instead.</summary>
public sealed record LabelError
{
    /// <summary>Place in the list, from 1: conflicting duplicates first, one of each being wrong for certain; then the lowest self-confidence.</summary>
    public int Rank { get; init; }

    /// <summary>The image.</summary>
    public required FlywheelImage Image { get; init; }

    /// <summary>The label it has.</summary>
    public required string Given { get; init; }

    /// <summary>The label it should have: of a conflicting duplicate the other one's, else the most probable.</summary>
    public required string Suggested { get; init; }

    /// <summary>Out-of-sample probability of the given label, 0..1; NaN if no classifier could say.</summary>
    public double SelfConfidence { get; init; } = double.NaN;

    /// <summary>Out-of-sample probability of the suggested label, 0..1; NaN if no classifier could say.</summary>
    public double SuggestedConfidence { get; init; } = double.NaN;

    /// <summary>
    /// How surely the given label is wrong, 0..1: one less <see cref="SelfConfidence"/>; of a conflicting duplicate, the probability of the other
    /// one's label against this one's.
    /// </summary>
    public double Score { get; init; }

    /// <summary>True if the rule flags it; false for images that are listed all the same.</summary>
    public bool Flagged { get; init; }

    /// <summary>
    /// What speaks against the label: <c>noise-rate</c> (confident learning), <c>clear-disagreement</c> (another label is more probable by the
    /// margin), <c>same-file</c> and <c>same-pixels</c> (an identical picture with another label).
    /// </summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>The reasons in a sentence.</summary>
    public string Text { get; init; } = "";

    /// <summary>How the probabilities were made: the classifier, the folds and how often.</summary>
    public string Folds { get; init; } = "";

    /// <summary>The identical picture with another label, or null.</summary>
    public FlywheelImage? Related { get; init; }

    /// <summary>The dataset it was found in.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>The image's id.</summary>
    public string ImageId => Image.Id;

    /// <summary>The image's file name.</summary>
    public string Name => Image.Name;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Image.Name}: {Given} -> {Suggested} ({Score:0.00})");
}

namespace Flywheel;

/// <summary>
/// A named condition under which a model fails more often. It was found on one half of the window; its counts, rates and p are those of
/// the other half, which the search never saw.
/// </summary>
public sealed record Slice
{
    /// <summary>1 is the one that costs most: confirmed ones first, then by errors beyond what the rest would have.</summary>
    public int Rank { get; init; }

    /// <summary>What its images have in common; all must hold.</summary>
    public required IReadOnlyList<SliceCondition> Conditions { get; init; }

    /// <summary>In plain English, with its figures.</summary>
    public required string Text { get; init; }

    /// <summary>Images of it in the held-out half.</summary>
    public int Support { get; init; }

    /// <summary>How many of them are wrong; the sum of their expected errors where nobody knows.</summary>
    public double Errors { get; init; }

    /// <summary>Errors / support with its 95 % interval.</summary>
    public required Metric ErrorRate { get; init; }

    /// <summary>Error rate of the held-out half's other images.</summary>
    public double RateElsewhere { get; init; }

    /// <summary>Error rate over the rate elsewhere; infinite where nothing else fails.</summary>
    public double Lift { get; init; }

    /// <summary>One-sided p of failing no more often than the rest; how it was made is told by <see cref="Method"/>.</summary>
    public double P { get; init; }

    /// <summary>Benjamini–Hochberg q over all slices tested in the window.</summary>
    public double Q { get; init; }

    /// <summary>True if it holds on the held-out half at the q and lift asked for.</summary>
    public bool Confirmed { get; init; }

    /// <summary>True: errors are known by labels or reports. False: expected from the model's calibrated doubt.</summary>
    public bool Known { get; init; }

    /// <summary>How p was made.</summary>
    public required string Method { get; init; }

    /// <summary>Ids of all its images in the window, both halves, worst first.</summary>
    public required IReadOnlyList<string> ImageIds { get; init; }

    /// <summary>The model.</summary>
    public required string ModelId { get; init; }

    /// <summary>What else to know, such as a property that gives the label away in training; null if nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The contact sheet of its images, or null.</summary>
    public string? ContactSheetPath { get; init; }

    /// <summary>The conditions as a short name.</summary>
    public string Name => string.Join(" and ", Conditions);

    /// <summary>Number of its images in the window.</summary>
    public int Images => ImageIds.Count;

    /// <inheritdoc/>
    public override string ToString() => Text;
}

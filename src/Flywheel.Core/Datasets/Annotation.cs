namespace Flywheel;

/// <summary>One entry of the append-only annotation ledger. Undo is a new entry.</summary>
/// <param name="Sequence">Position in the ledger, from 1.</param>
/// <param name="ImageId">The image.</param>
/// <param name="OldLabel">What label was believed before, or null.</param>
/// <param name="NewLabel">What label is believed from now on, or null if it was withdrawn. Equal to the old one if another person confirmed it.</param>
/// <param name="Provenance">Kind of source.</param>
/// <param name="Author">Who: user name, team, or model id.</param>
/// <param name="Source">From what: file, tool, selection, comment.</param>
/// <param name="Time">When, UTC.</param>
public sealed record Annotation(long Sequence, string ImageId, string? OldLabel, string? NewLabel, AnnotationProvenance Provenance, string Author, string? Source, DateTimeOffset Time)
{
    /// <summary>What of the image the entry is about; the labels are null unless it is about the label.</summary>
    public AnnotationPart Part { get; init; }

    /// <summary>The boxes before; null if nobody had said.</summary>
    public IReadOnlyList<LabelBox>? OldBoxes { get; init; }

    /// <summary>The boxes from now on; null if they were withdrawn.</summary>
    public IReadOnlyList<LabelBox>? NewBoxes { get; init; }

    /// <summary>Why the image was left out before; null if it was not.</summary>
    public string? OldExclusion { get; init; }

    /// <summary>Why the image is left out from now on; null if it is not.</summary>
    public string? NewExclusion { get; init; }

    /// <summary>The entry this one takes back, or null.</summary>
    public long? Undoes { get; init; }
}

namespace Flywheel.Engine.Production.Slices;

/// <summary>Where and how slices are sought.</summary>
public sealed record SliceQuery
{
    /// <summary>What <see cref="Against"/> says for the model's own test images.</summary>
    public const string Reference = "Reference";

    /// <summary>Dataset to look in; images without a prediction of the model are predicted first. Null: every stored prediction of the model.</summary>
    public string? Dataset { get; init; }

    /// <summary>Only predictions made at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>
    /// Labelled images that stand beside the window: <see cref="Reference"/> for the model's own test images, or a dataset. What all of
    /// production has in common shows only beside something else; it is tested as one slice more. Where production's errors are expected, theirs
    /// are too.
    /// </summary>
    public string? Against { get; init; }

    /// <summary>Tag whose equal values belong together (a person, a photo); by default the one the dataset was split by.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Which errors count.</summary>
    public SliceErrors Errors { get; init; } = SliceErrors.Auto;

    /// <summary>Most conditions joined, 1..3.</summary>
    public int Conditions { get; init; } = 3;

    /// <summary>Largest q of a confirmed slice.</summary>
    public double MaxQ { get; init; } = 0.05;

    /// <summary>True: also the slices that did not hold on the held-out half.</summary>
    public bool All { get; init; }

    /// <summary>Folder for a contact sheet of each slice, absolute, or null.</summary>
    public string? ContactSheetFolder { get; init; }

    /// <summary>False: the result is not kept in the catalogue.</summary>
    public bool Store { get; init; } = true;

    /// <summary>Seed of the halves, the looks and the permutations.</summary>
    public long Seed { get; init; } = 1;
}

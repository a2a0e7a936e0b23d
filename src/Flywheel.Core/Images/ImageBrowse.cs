namespace Flywheel;

/// <summary>One page of the catalogue's images: which, in what order, from where on.</summary>
public sealed record ImageBrowse
{
    /// <summary>The order in which images came into the catalogue.</summary>
    public const string ByArrival = "arrival";

    /// <summary>The order of the predictions' confidence; images without a prediction count as −1.</summary>
    public const string ByConfidence = "confidence";

    /// <summary>Orders there are: by arrival, by confidence, or by a measured property.</summary>
    public static IReadOnlyList<string> Orders { get; } = [ByArrival, ByConfidence, .. PropertyCondition.KnownProperties];

    /// <summary>Conditions on the images; <see cref="ImageQuery.First"/> is not looked at.</summary>
    public ImageQuery Filter { get; init; } = new();

    /// <summary>True: only images left out of their datasets.</summary>
    public bool OnlyExcluded { get; init; }

    /// <summary>Only images whose label has one of these sources.</summary>
    public IReadOnlyCollection<AnnotationProvenance>? Provenances { get; init; }

    /// <summary>The model whose newest prediction is shown and asked about; null for the newest of any. Shadow predictions never count.</summary>
    public string? ModelId { get; init; }

    /// <summary>Only images predicted to have one of these labels.</summary>
    public IReadOnlyCollection<string>? Predicted { get; init; }

    /// <summary>True: only images whose prediction differs from their label. False: only those where both agree.</summary>
    public bool? Disagrees { get; init; }

    /// <summary>One of <see cref="Orders"/>.</summary>
    public string Order { get; init; } = ByArrival;

    /// <summary>The largest first, or the newest.</summary>
    public bool Descending { get; init; }

    /// <summary>Where the page before ended: its <see cref="ImagePage.Next"/>; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>At most this many, 1..10,000.</summary>
    public int Size { get; init; } = 200;
}

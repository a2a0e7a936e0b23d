namespace Flywheel;

/// <summary>What self-training on an unlabelled production set did, and whether it was kept.</summary>
public sealed record AdaptationReport
{
    /// <summary>Unlabelled images it saw.</summary>
    public int Images { get; init; }

    /// <summary>Estimated class prior of the unlabelled set, by label.</summary>
    public IReadOnlyDictionary<string, double> EstimatedPrior { get; init; } = new Dictionary<string, double>();

    /// <summary>How the prior was estimated: MaximumLikelihood (label shift, Saerens et al., 2002), or LabelledSample when a random sample contradicts that.</summary>
    public string PriorMethod { get; init; } = "";

    /// <summary>Share of the set whose pseudo-label passed the confidence threshold in the last epoch.</summary>
    public double Coverage { get; init; }

    /// <summary>True if the adapted weights were kept.</summary>
    public bool Kept { get; init; }

    /// <summary>The safety gate's reason in a sentence.</summary>
    public string Reason { get; init; } = "";
}

namespace Flywheel.Insight.Suspicion;

/// <summary>What can be seen of one prediction without the truth. Every probability is that of the label the model has answered.</summary>
public readonly record struct SuspicionSigns
{
    /// <summary>Labels, at least 2.</summary>
    public required int Classes { get; init; }

    /// <summary>Probability of the answer.</summary>
    public required double Confidence { get; init; }

    /// <summary>Difference of the two highest probabilities.</summary>
    public required double Margin { get; init; }

    /// <summary>Mean probability over the picture as it is and varied; null if the picture was not kept.</summary>
    public double? VariedConfidence { get; init; }

    /// <summary>Percentile of the distance from training among training's own, 0..1; null if unknown.</summary>
    public double? Novelty { get; init; }

    /// <summary>Doubt of another model in the answer, 0..1, as <see cref="SuspicionScorer.Doubt"/> gives it; null if there is none.</summary>
    public double? OtherDoubt { get; init; }

    /// <summary>What the other model says, where it contradicts: "camera-2 says closed with 0.91".</summary>
    public string? Contradiction { get; init; }
}

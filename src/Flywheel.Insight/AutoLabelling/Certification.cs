namespace Flywheel.Insight.AutoLabelling;

/// <summary>What people's labels prove of a model's.</summary>
public sealed record Certification
{
    /// <summary>The precision asked for.</summary>
    public required double Precision { get; init; }

    /// <summary>The confidence asked for.</summary>
    public required double Confidence { get; init; }

    /// <summary>Labels of people that certified.</summary>
    public required int Labels { get; init; }

    /// <summary>The largest surest share of the images whose labels are proven precise enough, or null if none is.</summary>
    public required CertificationStep? Accepted { get; init; }

    /// <summary>The shares that were put to the test, in that order; the last one failed unless it is the accepted one.</summary>
    public required IReadOnlyList<CertificationStep> Steps { get; init; }

    /// <summary>Labels in the accepted share that prove the target if there is no error at all among them.</summary>
    public required int FewestLabels { get; init; }

    /// <summary>Labels that would be needed in all if the model went on erring as it does; null if none would do, or none are needed.</summary>
    public int? LabelsNeeded { get; init; }

    /// <summary>The share of the images that <see cref="LabelsNeeded"/> would open.</summary>
    public double? ShareThen { get; init; }

    /// <summary>For each predicted label of the accepted share: certifying labels, errors, and the lower bound of its own precision.</summary>
    public IReadOnlyList<CertificationStep> Classes { get; init; } = [];

    /// <summary>Chance of the ranks being spread so unevenly if the labelled images were drawn at random (Kolmogorov and Smirnov).</summary>
    public required double RandomnessP { get; init; }
}

namespace Flywheel;

/// <summary>How accurate a model is in production, as far as labels drawn at random and the model's own answers can tell.</summary>
public sealed record PerformanceEstimate
{
    /// <summary>Id of the model.</summary>
    public required string ModelId { get; init; }

    /// <summary>Name of the model.</summary>
    public required string ModelName { get; init; }

    /// <summary>What was looked at: the dataset's name, or production.</summary>
    public required string Window { get; init; }

    /// <summary>What it was compared with: the model's own test or validation images, or a named dataset; empty if there is none.</summary>
    public string Reference { get; init; } = "";

    /// <summary>When, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Predictions in the window.</summary>
    public int N { get; init; }

    /// <summary>Labels drawn at random that count.</summary>
    public int Audited { get; init; }

    /// <summary>False: the accuracy cannot be known from what there is, and <see cref="Value"/> is NaN.</summary>
    public bool Known { get; init; }

    /// <summary>Estimated share of right predictions in 0..1; NaN if it cannot be known.</summary>
    public double Value { get; init; } = double.NaN;

    /// <summary>Lower end of the interval; NaN if it cannot be known.</summary>
    public double Low { get; init; } = double.NaN;

    /// <summary>Upper end of the interval; NaN if it cannot be known.</summary>
    public double High { get; init; } = double.NaN;

    /// <summary>Confidence of the intervals, 0.95 by default.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Audit: from labels drawn at random. ShiftCalibrated: without labels. Unknown.</summary>
    public string Method { get; init; } = "Unknown";

    /// <summary>The single estimates beside each other; those without labels have the interval of sampling alone.</summary>
    public IReadOnlyList<Metric> Estimates { get; init; } = [];

    /// <summary>By predicted label: share of right answers. Empty if it cannot be known.</summary>
    public IReadOnlyList<Metric> Precision { get; init; } = [];

    /// <summary>Largest difference between the estimates made without labels; NaN without them.</summary>
    public double Spread { get; init; } = double.NaN;

    /// <summary>How far production's confidence and steadiness lie from the reference's, in the reference's deviations.</summary>
    public double ShiftStrength { get; init; } = double.NaN;

    /// <summary>How well production and reference can be told apart by their embeddings: 0.5 not at all, 1 always.</summary>
    public double DomainAuc { get; init; } = double.NaN;

    /// <summary>How far the label-free estimate errs on kinds of shift it was not made from (root mean square), near the window.</summary>
    public double MethodError { get; init; } = double.NaN;

    /// <summary>Half-width the suggestion is made for.</summary>
    public double HalfWidth { get; init; }

    /// <summary>Smallest number of randomly drawn labels expected to pin the accuracy down to ± <see cref="HalfWidth"/>.</summary>
    public int SuggestedAudit { get; init; }

    /// <summary>How to spread them over confidence.</summary>
    public IReadOnlyList<AuditShare> SuggestedStrata { get; init; } = [];

    /// <summary>What to be careful about.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The result as one sentence.</summary>
    public required string Summary { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Summary;
}

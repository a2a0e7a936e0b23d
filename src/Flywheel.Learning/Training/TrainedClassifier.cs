using Flywheel.Learning.Networks;

namespace Flywheel.Learning.Training;

/// <summary>What a training gives.</summary>
public sealed record TrainedClassifier
{
    /// <summary>The averaged values.</summary>
    public required NetworkWeights Weights { get; init; }

    /// <summary>Divides the logits before softmax; 1 with fewer than twenty validation pictures.</summary>
    public required double Temperature { get; init; }

    /// <summary>The curve of all stages.</summary>
    public required IReadOnlyList<EpochRecord> Curve { get; init; }

    /// <summary>Logits of the validation pictures [n × classes], before temperature; null without validation.</summary>
    public float[]? ValidationLogits { get; init; }

    /// <summary>What adaptation did, or null.</summary>
    public AdaptationReport? Adaptation { get; init; }

    /// <summary>True if it was stopped before its end.</summary>
    public bool Interrupted { get; init; }
}

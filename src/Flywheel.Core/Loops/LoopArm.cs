namespace Flywheel;

/// <summary>One row of a loop's proof: a model on the way from the first training to the last, or a control beside it.</summary>
public sealed record LoopArm
{
    /// <summary>Stable key: plain, start, adapted, final, or the control's strategy.</summary>
    public required string Key { get; init; }

    /// <summary>The row's title, such as "adapted to production, 0 labels".</summary>
    public required string Title { get; init; }

    /// <summary>Production labels the model has learned from.</summary>
    public int Labels { get; init; }

    /// <summary>Id of the model.</summary>
    public required string ModelId { get; init; }

    /// <summary>Its evaluations, one for each entry of <c>prove.on</c>, in that order.</summary>
    public required IReadOnlyList<Evaluation> Evaluations { get; init; }

    /// <summary>Against the start model, on the first entry of <c>prove.on</c>; null for the start model itself.</summary>
    public ModelComparison? AgainstStart { get; init; }

    /// <summary>Wall time of the training behind this row alone.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>Accuracy on the first entry of <c>prove.on</c>.</summary>
    public Metric? Accuracy => Evaluations.Count > 0 ? Evaluations[0].Accuracy : null;

    /// <inheritdoc/>
    public override string ToString() => Accuracy is { } a ? $"{Title}: {a}" : Title;
}

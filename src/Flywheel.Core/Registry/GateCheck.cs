namespace Flywheel;

/// <summary>One demand of a gate and what became of it.</summary>
public sealed record GateCheck
{
    /// <summary>The demand as it was written.</summary>
    public required string Expression { get; init; }

    /// <summary>What the figures say.</summary>
    public required GateVerdict Verdict { get; init; }

    /// <summary>True if the model may go on: it passed, or the policy (or <c>or unclear</c>) lets pass what cannot be told.</summary>
    public bool Accepted { get; init; }

    /// <summary>The new model's figure, or null when the demand has none (slices).</summary>
    public Metric? Figure { get; init; }

    /// <summary>The champion's figure on the same images, or null when the demand does not name it.</summary>
    public Metric? Champion { get; init; }

    /// <summary>New minus champion (times its factor), paired, or null.</summary>
    public Metric? Difference { get; init; }

    /// <summary>What <see cref="Difference"/>, or else <see cref="Figure"/>, was held against.</summary>
    public double Bound { get; init; }

    /// <summary>The slices that were looked at, worst first.</summary>
    public IReadOnlyList<GateSlice> Slices { get; init; } = [];

    /// <summary>
    /// About how many images would decide if the figure stays as it is (an interval shrinks with the root of their number); null when it is
    /// decided, when the figure itself is on the wrong side, or when more images would not help.
    /// </summary>
    public long? ImagesNeeded { get; init; }

    /// <summary>The finding in a sentence.</summary>
    public required string Reason { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Expression}: {Reason}";
}

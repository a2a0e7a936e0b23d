namespace Flywheel;

/// <summary>How often reviewers agree with suggestions of one reason, and from which score on often enough.</summary>
public sealed record SuggestionAcceptance
{
    /// <summary>The reason.</summary>
    public required string Reason { get; init; }

    /// <summary>Suggestions nobody has decided.</summary>
    public int Open { get; init; }

    /// <summary>Suggestions nobody has decided whose annotation changed meanwhile.</summary>
    public int Stale { get; init; }

    /// <summary>Taken as they were.</summary>
    public int Accepted { get; init; }

    /// <summary>The annotation was wrong, but was changed to something else.</summary>
    public int Edited { get; init; }

    /// <summary>The annotation was left as it was.</summary>
    public int Rejected { get; init; }

    /// <summary>Suggestions decided.</summary>
    public int Decided => Accepted + Edited + Rejected;

    /// <summary>Share accepted or edited of those decided, with Wilson's interval; null before the first verdict.</summary>
    public Metric? Acceptance { get; init; }

    /// <summary>Share that suggestions are wanted to be accepted in.</summary>
    public double Target { get; init; }

    /// <summary>Lowest score from which on at least <see cref="Target"/> were accepted; null if not known yet or never.</summary>
    public double? Threshold { get; init; }

    /// <summary>What the threshold is, or why there is none, in words.</summary>
    public string Text { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Reason}: {Text}";
}

namespace Flywheel;

/// <summary>A model held against a gate.</summary>
public sealed record GateReport
{
    /// <summary>Id of the model judged.</summary>
    public required string ModelId { get; init; }

    /// <summary>Id of the model behind the alias at that time, or null if there was none yet.</summary>
    public string? ChampionId { get; init; }

    /// <summary>The champion's version, or null.</summary>
    public int? ChampionVersion { get; init; }

    /// <summary>Dataset judged on; empty when no demand needed images.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Content id of the dataset's version.</summary>
    public string DatasetVersion { get; init; } = "";

    /// <summary>Split judged on; None means the whole dataset.</summary>
    public DataSplit Split { get; init; }

    /// <summary>Images judged.</summary>
    public int N { get; init; }

    /// <summary>Independent groups among them, or null if images count as independent.</summary>
    public int? Groups { get; init; }

    /// <summary>Images left out because either model learned from them.</summary>
    public int Learned { get; init; }

    /// <summary>What was to happen with demands that cannot be told.</summary>
    public CannotTellPolicy CannotTell { get; init; }

    /// <summary>The demands, in the order they were given.</summary>
    public required IReadOnlyList<GateCheck> Checks { get; init; }

    /// <summary>When it was judged.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Fail if one demand failed, else CannotTell if one cannot be told and is not let pass, else Pass.</summary>
    public GateVerdict Verdict =>
        Checks.Any(c => !c.Accepted && (c.Verdict == GateVerdict.Fail || CannotTell == CannotTellPolicy.Fail)) ? GateVerdict.Fail
        : Checks.Any(c => !c.Accepted) ? GateVerdict.CannotTell
        : GateVerdict.Pass;

    /// <inheritdoc/>
    public override string ToString() => Checks.Count == 0 ? "no gate" : $"{Checks.Count(c => c.Accepted)} of {Checks.Count} accepted";
}

namespace Flywheel.Engine.Registry;

/// <summary>A model judged for publication, and what it was judged against; nothing is published yet.</summary>
public sealed record Judgement
{
    /// <summary>What was asked.</summary>
    public required PublishRequest Request { get; init; }

    /// <summary>The model.</summary>
    public required Model Model { get; init; }

    /// <summary>Version the alias points to, or null.</summary>
    public int? Champion { get; init; }

    /// <summary>What the gate found.</summary>
    public required GateReport Gate { get; init; }

    /// <summary>The model's figures, or null when there was nothing to judge on.</summary>
    public Evaluation? Evaluation { get; init; }

    /// <summary>Its answering times, if a demand named them.</summary>
    public IReadOnlyList<Metric> Latency { get; init; } = [];

    /// <summary>True if publishing is allowed.</summary>
    public bool Allowed => Gate.Verdict == GateVerdict.Pass || Request.Force;

    /// <summary>The verdict in a sentence.</summary>
    public string Summary => Gate.Checks.Count == 0
        ? $"'{Model.Name}' is published without a gate."
        : Gate.Verdict switch
        {
            GateVerdict.Pass => $"'{Model.Name}' passes the gate ({Gate}).",
            GateVerdict.Fail => $"'{Model.Name}' fails the gate: {First(GateVerdict.Fail)}.",
            _ => $"The gate cannot tell about '{Model.Name}': {First(GateVerdict.CannotTell)}.",
        };

    string First(GateVerdict verdict) => (Gate.Checks.FirstOrDefault(c => !c.Accepted && c.Verdict == verdict) ?? Gate.Checks.First(c => !c.Accepted)).ToString();

    /// <summary>The result of not publishing.</summary>
    public PublishResult Refused => new() { Alias = Request.Alias, Model = Model, Gate = Gate, Evaluation = Evaluation, Reason = Request.Reason, Summary = Summary };
}

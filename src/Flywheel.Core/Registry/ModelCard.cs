namespace Flywheel;

/// <summary>All that is known of a published model, kept beside it and never changed (Mitchell et al., FAccT 2019).</summary>
public sealed record ModelCard
{
    /// <summary>The alias it was first published to.</summary>
    public required string Alias { get; init; }

    /// <summary>The model: labels, input, network, training parameters and curve.</summary>
    public required Model Model { get; init; }

    /// <summary>The models it continued from, the nearest first.</summary>
    public IReadOnlyList<string> Lineage { get; init; } = [];

    /// <summary>Its figures, each with n and interval, or null when it was published without judgement.</summary>
    public Evaluation? Evaluation { get; init; }

    /// <summary>What the gate found.</summary>
    public required GateReport Gate { get; init; }

    /// <summary>Answering times of one image at a time on this machine, or empty when no demand named them.</summary>
    public IReadOnlyList<Metric> Latency { get; init; } = [];

    /// <summary>Size of the ONNX file in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Where it was published.</summary>
    public required MachineInfo Machine { get; init; }

    /// <summary>Who published it.</summary>
    public string Author { get; init; } = "";

    /// <summary>Why, in the publisher's words.</summary>
    public string? Reason { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset Published { get; init; }
}

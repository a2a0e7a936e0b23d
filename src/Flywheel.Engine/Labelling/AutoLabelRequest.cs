namespace Flywheel.Engine.Labelling;

/// <summary>What to label automatically, and how sure to be.</summary>
public sealed record AutoLabelRequest
{
    /// <summary>The dataset: its labels of people teach and certify, its other images get labels.</summary>
    public required string Dataset { get; init; }

    /// <summary>Share of the automatic labels that must be right, above 0.5 and below 1.</summary>
    public double Precision { get; init; } = 0.98;

    /// <summary>Chance that it is so, at least 0.5 and below 1.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Name or id of a model to start from, or null.</summary>
    public string? Model { get; init; }

    /// <summary>Path of a frozen ONNX network whose features a linear head is trained on instead, or null.</summary>
    public string? Backbone { get; init; }

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Automatic labels drawn at random for people to check.</summary>
    public int Audit { get; init; } = 50;

    /// <summary>False: nothing is written.</summary>
    public bool Apply { get; init; } = true;

    /// <summary>Ids of images that people labelled because they were chosen for what they show and not drawn at random: they teach but do not certify.</summary>
    public IReadOnlyCollection<string> Chosen { get; init; } = [];

    /// <summary>Epochs of each training, at least 1; a start from a model takes fewer.</summary>
    public int Epochs { get; init; } = 24;

    /// <summary>Threads, or 0 for the machine's, at most 4.</summary>
    public int Threads { get; init; }
}

namespace Flywheel.Engine.Labelling;

/// <summary>What the assistant helps to label, and what it looks at.</summary>
public sealed record LabelAssistantRequest
{
    /// <summary>The dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Name or id of a model whose embeddings are the features; null for the pictures' edges.</summary>
    public string? Model { get; init; }

    /// <summary>Path of a frozen ONNX network whose features are used instead, or null.</summary>
    public string? Backbone { get; init; }

    /// <summary>The precision automatic labelling shall have.</summary>
    public double Precision { get; init; } = 0.98;

    /// <summary>At which confidence.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Seed of the random parts.</summary>
    public long Seed { get; init; } = 1;
}

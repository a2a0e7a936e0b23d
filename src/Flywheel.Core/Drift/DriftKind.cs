namespace Flywheel;

/// <summary>What a drift test looks at.</summary>
public enum DriftKind
{
    /// <summary>A measured property of the images: brightness, width.</summary>
    Property,
    /// <summary>A tag: camera, site.</summary>
    Tag,
    /// <summary>The model's scores.</summary>
    Score,
    /// <summary>How often each label occurs.</summary>
    Label,
    /// <summary>The images' appearance, as the model's embeddings have it.</summary>
    Appearance,
}

namespace Flywheel.Insight.Drift;

/// <summary>What is known of the reference's images and the window's, side by side.</summary>
public sealed record DriftInput
{
    /// <summary>Images of the reference.</summary>
    public required int ReferenceCount { get; init; }

    /// <summary>Images of the window.</summary>
    public required int WindowCount { get; init; }

    /// <summary>Properties and scores.</summary>
    public IReadOnlyList<NumberColumn> Numbers { get; init; } = [];

    /// <summary>Tags and the predicted label.</summary>
    public IReadOnlyList<CategoryColumn> Categories { get; init; } = [];

    /// <summary>The model's labels; empty leaves the label mix out.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Index of the true label by reference image, −1 where unknown.</summary>
    public int[] ReferenceTruth { get; init; } = [];

    /// <summary>Index of the predicted label by reference image.</summary>
    public int[] ReferencePredicted { get; init; } = [];

    /// <summary>Index of the predicted label by window image.</summary>
    public int[] WindowPredicted { get; init; } = [];

    /// <summary>Embeddings of the reference's images, or null.</summary>
    public EmbeddingMatrix? ReferenceEmbeddings { get; init; }

    /// <summary>Embeddings of the window's images, or null.</summary>
    public EmbeddingMatrix? WindowEmbeddings { get; init; }

    /// <summary>Group of each reference image (subject, photo, stretch of time); null if images are independent.</summary>
    public int[]? ReferenceGroups { get; init; }

    /// <summary>Group of each window image; null if images are independent.</summary>
    public int[]? WindowGroups { get; init; }
}

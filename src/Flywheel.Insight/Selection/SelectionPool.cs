namespace Flywheel.Insight.Selection;

/// <summary>What is known of the images a selection chooses from; n images, K labels.</summary>
public sealed record SelectionPool
{
    /// <summary>Number of images, n.</summary>
    public required int Count { get; init; }

    /// <summary>K.</summary>
    public required int Classes { get; init; }

    /// <summary>n × K probabilities, row-major. Not needed for Random and Typical.</summary>
    public float[]? Probabilities { get; init; }

    /// <summary>n embeddings. Needed for Diverse and Typical; Auto uses them to tell near-duplicates.</summary>
    public EmbeddingMatrix? Embeddings { get; init; }

    /// <summary>n difference hashes; Auto uses them to tell near-duplicates.</summary>
    public ulong[]? PerceptualHashes { get; init; }

    /// <summary>True for images whose prediction is known to be wrong. Only for Failure.</summary>
    public bool[]? KnownFailures { get; init; }

    /// <summary>n suspicions in 0..1. Only for Failure.</summary>
    public double[]? Suspicions { get; init; }
}

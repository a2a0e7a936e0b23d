namespace Flywheel.Inference;

/// <summary>What a classifier says of a batch of images.</summary>
public sealed class ScoredBatch
{
    internal ScoredBatch(int count, int classes, int embeddingLength, float[] probabilities, float[] logits, float[] embeddings)
    {
        Count = count;
        Classes = classes;
        EmbeddingLength = embeddingLength;
        Probabilities = probabilities;
        Logits = logits;
        Embeddings = embeddings;
    }

    /// <summary>Images in the batch.</summary>
    public int Count { get; }

    /// <summary>Number of labels.</summary>
    public int Classes { get; }

    /// <summary>Length of one embedding; 0 if the model has none.</summary>
    public int EmbeddingLength { get; }

    /// <summary>Calibrated probabilities, row-major [<see cref="Count"/> × <see cref="Classes"/>].</summary>
    public float[] Probabilities { get; }

    /// <summary>Logits before temperature, row-major [<see cref="Count"/> × <see cref="Classes"/>].</summary>
    public float[] Logits { get; }

    /// <summary>Embeddings, row-major [<see cref="Count"/> × <see cref="EmbeddingLength"/>].</summary>
    public float[] Embeddings { get; }

    /// <summary>The probabilities of one image.</summary>
    public ReadOnlySpan<float> ProbabilitiesOf(int image) => Probabilities.AsSpan(image * Classes, Classes);

    /// <summary>The embedding of one image.</summary>
    public ReadOnlySpan<float> EmbeddingOf(int image) => Embeddings.AsSpan(image * EmbeddingLength, EmbeddingLength);
}

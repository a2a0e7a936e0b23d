using Flywheel.Learning.Data;

namespace Flywheel.Learning.Training;

/// <summary>The decoded pictures of a training.</summary>
public sealed record TrainingData
{
    /// <summary>Labels in output order.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The source's training pictures.</summary>
    public required LabelledPixels Train { get; init; }

    /// <summary>The source's validation pictures, or null.</summary>
    public LabelledPixels? Validation { get; init; }

    /// <summary>
    /// Group (subject, photo) of each validation picture, 0-based, or null if they are independent. Pictures of one group err together: judged
    /// as if independent, a drop on one odd subject would look like proof.
    /// </summary>
    public IReadOnlyList<int>? ValidationGroups { get; init; }

    /// <summary>Labelled pictures of production, or null.</summary>
    public LabelledPixels? Target { get; init; }

    /// <summary>Unlabelled pictures of production, or null.</summary>
    public PixelSet? Unlabelled { get; init; }

    /// <summary>Those labelled pictures of production that were drawn at random, or null.</summary>
    public LabelledPixels? RandomSample { get; init; }

    /// <summary>
    /// Labelled pictures of production that were drawn for audit and are not learned from, or null. They judge whether self-training did good
    /// where it matters: validation cannot, because it comes from the source.
    /// </summary>
    public LabelledPixels? Audited { get; init; }

    /// <summary>How many pictures each of <see cref="Audited"/> stands for: one over its chance of being drawn.</summary>
    public IReadOnlyList<double> AuditWeights { get; init; } = [];
}

using Flywheel.Learning.Augmentation;
using Flywheel.Learning.Networks;

namespace Flywheel.Learning.Training;

/// <summary>How to train.</summary>
public sealed record TrainerOptions
{
    /// <summary>The network to train from scratch; ignored when <see cref="Start"/> is given.</summary>
    public required NetworkSpec Network { get; init; }

    /// <summary>Epochs of training from scratch.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>Epochs of adaptation, or of continuing from a model.</summary>
    public int AdaptEpochs { get; init; } = 12;

    /// <summary>Values to start from, or null for a training from scratch.</summary>
    public NetworkWeights? Start { get; init; }

    /// <summary>Variation of the source's pictures.</summary>
    public AugmentationSettings Source { get; init; } = AugmentationSettings.Robust;

    /// <summary>Variation of production's pictures.</summary>
    public AugmentationSettings Target { get; init; } = AugmentationSettings.Target;

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; }

    /// <summary>Threads, at least 1.</summary>
    public int Threads { get; init; } = 1;
}

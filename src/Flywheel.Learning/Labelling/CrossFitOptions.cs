using Flywheel.Learning.Networks;

namespace Flywheel.Learning.Labelling;

/// <summary>How to cross-fit.</summary>
public sealed record CrossFitOptions
{
    /// <summary>Parts, at least 2.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>The network.</summary>
    public required NetworkSpec Network { get; init; }

    /// <summary>Values to start from, of a network of the same layers whatever its input's size; null for a training from scratch.</summary>
    public NetworkWeights? Start { get; init; }

    /// <summary>Epochs of each training.</summary>
    public int Epochs { get; init; } = 24;

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; }

    /// <summary>Threads, at least 1.</summary>
    public int Threads { get; init; } = 1;
}

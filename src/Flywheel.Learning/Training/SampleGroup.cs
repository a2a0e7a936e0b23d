using Flywheel.Learning.Augmentation;
using Flywheel.Learning.Data;

namespace Flywheel.Learning.Training;

/// <summary>One of the sources a batch is composed of: pictures, what they should be, how many go into each batch and how they are varied.</summary>
sealed class SampleGroup
{
    readonly SeededRandom _order;
    readonly Queue<int> _queue = new();
    IReadOnlyList<int> _usable;

    public SampleGroup(PixelSet pixels, float[] targets, float[] weights, int perBatch, AugmentationSettings augmentation, SeededRandom order)
    {
        Pixels = pixels;
        Targets = targets;
        Weights = weights;
        PerBatch = perBatch;
        Augmentation = augmentation;
        _order = order;
        _usable = [.. Enumerable.Range(0, pixels.Count)];
    }

    public PixelSet Pixels { get; }

    /// <summary>Wanted probabilities [count × classes].</summary>
    public float[] Targets { get; private set; }

    /// <summary>Weight of each picture in the loss.</summary>
    public float[] Weights { get; }

    public int PerBatch { get; }

    public AugmentationSettings Augmentation { get; }

    /// <summary>Pictures that may be drawn.</summary>
    public int Usable => _usable.Count;

    /// <summary>True while the group can fill its share of a batch with different pictures, or has any at all if it is a fixed one.</summary>
    public bool Ready { get; private set; } = true;

    /// <summary>Group of labelled pictures. Weights make every class count the same in the loss, up to a factor of ten.</summary>
    public static SampleGroup Labelled(LabelledPixels data, int classes, int perBatch, AugmentationSettings augmentation, bool balance, SeededRandom order)
    {
        var targets = new float[data.Count * classes];
        var counts = new int[classes];
        for (var i = 0; i < data.Count; i++)
        {
            targets[i * classes + data.Labels[i]] = 1;
            counts[data.Labels[i]]++;
        }
        var present = counts.Count(c => c > 0);
        var largest = counts.Max();
        var weights = new float[data.Count];
        for (var i = 0; i < data.Count; i++)
        {
            // At most ten times the weight of the commonest class: a handful of pictures shall not steer the whole network.
            weights[i] = balance ? Math.Min((float)data.Count / (present * counts[data.Labels[i]]), 10f * data.Count / (present * largest)) : 1;
        }
        return new SampleGroup(data.Pixels, targets, weights, perBatch, augmentation, order);
    }

    /// <summary>Replaces what the pictures should be, and which of them may be drawn.</summary>
    public void Relabel(float[] targets, IReadOnlyList<int> usable)
    {
        Targets = targets;
        _usable = usable;
        _queue.Clear();
        Ready = usable.Count >= PerBatch;
    }

    /// <summary>Draws the next batch's share: every picture once before any comes again.</summary>
    public void Draw(List<(SampleGroup Group, int Index)> batch)
    {
        if (!Ready) return;
        for (var k = 0; k < PerBatch; k++)
        {
            if (_queue.Count == 0)
                foreach (var i in _order.Permutation(_usable.Count)) _queue.Enqueue(_usable[i]);
            batch.Add((this, _queue.Dequeue()));
        }
    }
}

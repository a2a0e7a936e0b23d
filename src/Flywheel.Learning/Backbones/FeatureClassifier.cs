using Flywheel.Learning.Training;

namespace Flywheel.Learning.Backbones;

/// <summary>A linear classifier on frozen features, fitted and asked in one go: what cross-validation needs.</summary>
public static class FeatureClassifier
{
    /// <summary>Fits on some features and scores others. The same seed gives the same numbers; calls may run side by side.</summary>
    /// <param name="training">Features to learn from [n × length].</param>
    /// <param name="labels">Their classes [n], 0-based; one that none of them has gets the probability 0.</param>
    /// <param name="others">Features to score [m × length].</param>
    /// <param name="length">Features of a picture.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="penalty">L2 penalty.</param>
    /// <param name="seed">Seed.</param>
    /// <returns>Probabilities [m × classes].</returns>
    public static double[] FitAndScore(float[] training, IReadOnlyList<int> labels, float[] others, int length, int classes, float penalty, long seed)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(others);
        int[] present = [.. labels.Distinct().Order()];
        if (present.Length == 0) throw new ArgumentException("There is nothing to learn from.", nameof(labels));
        var probabilities = new double[others.Length / length * classes];
        if (present.Length == 1)
        {
            for (var i = present[0]; i < probabilities.Length; i += classes) probabilities[i] = 1;
            return probabilities;
        }
        var place = new int[classes];
        for (var p = 0; p < present.Length; p++) place[present[p]] = p;
        var head = BackboneHead.Fit(training, [.. labels.Select(l => place[l])], length, present.Length, penalty, seed);
        var some = Scores.Probabilities(head.Logits(others, length), present.Length);
        for (var i = 0; i < some.Length; i++) probabilities[i / present.Length * classes + present[i % present.Length]] = some[i];
        return probabilities;
    }
}

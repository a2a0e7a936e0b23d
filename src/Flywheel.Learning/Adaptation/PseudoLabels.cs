using Flywheel.Learning.Training;

namespace Flywheel.Learning.Adaptation;

/// <summary>
/// Turns a model's answers on unlabelled pictures into labels to learn from: aligned to the estimated class prior (Berthelot et al., ICLR
/// 2020), and only those it is sure of.
/// </summary>
sealed class PseudoLabels(int classes, IReadOnlyList<double> prior)
{
    const double Threshold = 0.7;

    /// <summary>One-hot targets [n × classes] and the pictures whose label passed the threshold.</summary>
    public (float[] Targets, IReadOnlyList<int> Usable) From(float[] logits)
    {
        var p = Scores.Probabilities(logits, classes);
        var n = p.Length / classes;
        var mean = new double[classes];
        for (var i = 0; i < p.Length; i++) mean[i % classes] += p[i] / n;
        var targets = new float[p.Length];
        var usable = new List<int>();
        for (var i = 0; i < n; i++)
        {
            var row = p.AsSpan(i * classes, classes);
            double sum = 0;
            for (var c = 0; c < classes; c++) sum += row[c] *= prior[c] / Math.Max(mean[c], 1e-6);
            var best = Scores.ArgMax(row);
            if (row[best] < Threshold * sum) continue;
            targets[i * classes + best] = 1;
            usable.Add(i);
        }
        return (targets, usable);
    }
}

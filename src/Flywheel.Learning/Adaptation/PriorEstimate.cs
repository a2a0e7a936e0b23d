using Flywheel.Learning.Training;

namespace Flywheel.Learning.Adaptation;

/// <summary>Estimates how often each label occurs in an unlabelled set. A wrong prior ruins self-training, so it is never assumed.</summary>
public static class PriorEstimate
{
    /// <summary>Fewest randomly drawn labelled pictures from which the prior is counted.</summary>
    public const int MinSample = 20;

    /// <summary>Smallest prior any label is given.</summary>
    const double Floor = 0.02;

    /// <summary>From labels of a random sample: counts with one added to each (Laplace), normalised.</summary>
    /// <param name="labels">The sample's labels, 0-based.</param>
    /// <param name="classes">Number of labels.</param>
    public static double[] FromSample(IReadOnlyList<int> labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var prior = Enumerable.Repeat(1.0, classes).ToArray();
        foreach (var l in labels) prior[l]++;
        return Normalise(prior);
    }

    /// <summary>
    /// Maximum likelihood under label shift by expectation maximisation (Saerens et al., Neural Computation 2002). On eye images (three
    /// seeds, pools of 15, 50 and 85 % open eyes, temperature 1) plain maximisation was off by at most 5.2 points; inverting the confusion on
    /// validation (BBSE, Lipton et al., ICML 2018) by up to 18, because a few subjects' confusion is not production's.
    /// </summary>
    /// <param name="logits">Of the unlabelled set, [n × classes].</param>
    /// <param name="temperature">
    /// Calibration on validation (Alexandari et al., ICML 2020), of which the square root is used: half-way to it, since label smoothing has
    /// calibrated already and a few subjects' temperature is noisy.
    /// </param>
    /// <param name="trained">The prior the model was trained under.</param>
    public static double[] ByLikelihood(float[] logits, double temperature, IReadOnlyList<double> trained)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(trained);
        // Weight of the training prior as a share of the pictures: keeps a hesitant model from giving a label up.
        const double strength = 0.03;
        var classes = trained.Count;
        var p = Scores.Probabilities(logits, classes, Math.Sqrt(temperature));
        var n = p.Length / classes;
        var prior = trained.ToArray();
        for (var round = 0; round < 200; round++)
        {
            var next = new double[classes];
            for (var i = 0; i < n; i++)
            {
                double sum = 0;
                for (var c = 0; c < classes; c++) sum += p[i * classes + c] * prior[c] / trained[c];
                for (var c = 0; c < classes; c++) next[c] += p[i * classes + c] * prior[c] / trained[c] / sum;
            }
            double moved = 0;
            for (var c = 0; c < classes; c++)
            {
                next[c] = (next[c] + strength * n * trained[c]) / (n * (1 + strength));
                moved = Math.Max(moved, Math.Abs(next[c] - prior[c]));
            }
            prior = next;
            if (moved < 1e-6) break;
        }
        // A model that hesitates more than it should makes the likelihood run away towards the commonest label: no label falls below
        // three fifths of the share that the plain answers give it (on the eyes, the right corrections went down to that).
        var answered = new double[classes];
        for (var i = 0; i < n; i++) answered[Scores.ArgMax(p.AsSpan(i * classes, classes))] += 1.0 / n;
        for (var c = 0; c < classes; c++) prior[c] = Math.Max(prior[c], 0.6 * answered[c]);
        return Normalise(prior);
    }

    static double[] Normalise(double[] prior)
    {
        var sum = prior.Sum();
        for (var c = 0; c < prior.Length; c++) prior[c] = Math.Max(prior[c] / sum, Floor / prior.Length);
        sum = prior.Sum();
        for (var c = 0; c < prior.Length; c++) prior[c] /= sum;
        return prior;
    }
}

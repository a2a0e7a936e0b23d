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
    /// Maximum likelihood under label shift by expectation maximisation (Saerens et al., Neural Computation 2002), with temperature-scaled
    /// probabilities (Alexandari et al., ICML 2020) and a Dirichlet prior around the training prior that keeps a hesitant model from running away.
    /// </summary>
    /// <param name="logits">Of the unlabelled set, [n × classes].</param>
    /// <param name="classes">Number of labels.</param>
    /// <param name="temperature">Calibration on validation.</param>
    /// <param name="trained">The prior the model was trained under.</param>
    /// <param name="strength">Pseudo-count of the training prior, as a share of n.</param>
    public static double[] ByLikelihood(float[] logits, int classes, double temperature, IReadOnlyList<double> trained, double strength)
    {
        ArgumentNullException.ThrowIfNull(trained);
        var p = Scores.Probabilities(logits, classes, temperature);
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
        return Normalise(prior);
    }

    /// <summary>
    /// Black box shift estimation (Lipton et al., ICML 2018): the prior that, through the model's confusion on validation, explains how
    /// often it predicts each label on the unlabelled set; least squares, clipped and shrunk.
    /// </summary>
    /// <param name="validationLogits">Of labelled pictures, [m × classes].</param>
    /// <param name="validationLabels">Their labels.</param>
    /// <param name="logits">Of the unlabelled set, [n × classes].</param>
    /// <param name="classes">Number of labels.</param>
    public static double[] ByConfusion(float[] validationLogits, IReadOnlyList<int> validationLabels, float[] logits, int classes)
    {
        ArgumentNullException.ThrowIfNull(validationLabels);
        ArgumentNullException.ThrowIfNull(logits);
        // a[j, k]: share of pictures of label k that the model calls j, one picture added to each right answer.
        var a = new double[classes, classes];
        var all = new double[classes];
        for (var k = 0; k < classes; k++)
        {
            a[k, k] = 1;
            all[k] = 1;
        }
        for (var i = 0; i < validationLabels.Count; i++)
        {
            a[Scores.ArgMax(validationLogits.AsSpan(i * classes, classes)), validationLabels[i]]++;
            all[validationLabels[i]]++;
        }
        var seen = new double[classes];
        var n = logits.Length / classes;
        for (var i = 0; i < n; i++) seen[Scores.ArgMax(logits.AsSpan(i * classes, classes))] += 1.0 / n;
        for (var j = 0; j < classes; j++)
            for (var k = 0; k < classes; k++) a[j, k] /= all[k];
        // Multiplicative updates (Richardson 1972, Lucy 1974): the maximum-likelihood prior stays non-negative by itself.
        var prior = Enumerable.Repeat(1.0 / classes, classes).ToArray();
        for (var round = 0; round < 500; round++)
        {
            var next = new double[classes];
            for (var j = 0; j < classes; j++)
            {
                double expected = 0;
                for (var k = 0; k < classes; k++) expected += a[j, k] * prior[k];
                if (expected <= 0) continue;
                for (var k = 0; k < classes; k++) next[k] += seen[j] * a[j, k] * prior[k] / expected;
            }
            prior = next;
        }
        return Normalise(prior);
    }

    /// <summary>Moves a prior a share of the way towards another.</summary>
    public static double[] Shrink(IReadOnlyList<double> prior, IReadOnlyList<double> towards, double share) =>
        Normalise([.. prior.Select((p, c) => (1 - share) * p + share * towards[c])]);

    static double[] Normalise(double[] prior)
    {
        var sum = prior.Sum();
        for (var c = 0; c < prior.Length; c++) prior[c] = Math.Max(prior[c] / sum, Floor / prior.Length);
        sum = prior.Sum();
        for (var c = 0; c < prior.Length; c++) prior[c] /= sum;
        return prior;
    }
}

namespace Flywheel.Insight.Metrics;

/// <summary>
/// The figures of a classifier with their 95 % intervals. Independent images: Wilson for accuracy, recall and precision; percentile
/// bootstrap for the rest, within each true label for balanced accuracy and AUROC (their class counts are part of the design), over all
/// images for F1, calibration error and log loss. With groups (subjects, photos): every interval from resampling whole groups
/// (Field and Welsh, JRSS B 2007).
/// </summary>
public static class ClassificationMetrics
{
    /// <summary>Bins of the calibration error.</summary>
    public const int CalibrationBins = 15;

    /// <summary>Probabilities are kept this far from 0 in the log loss: the resolution of a float.</summary>
    public const double SmallestProbability = 1.1920929e-07;

    /// <summary>Measures.</summary>
    /// <param name="labels">Label names, K of them, in the order of the columns.</param>
    /// <param name="truth">Index of the true label of each image, length n.</param>
    /// <param name="probabilities">n × K, row-major, rows summing to one.</param>
    /// <param name="groups">Group of each image, any numbers, length n; null if images are independent.</param>
    /// <param name="options">Resamples and seed.</param>
    /// <param name="token">Obeyed between resamples.</param>
    /// <exception cref="ArgumentException">Lengths do not match, or a label index is outside 0..K−1.</exception>
    public static ClassificationReport Compute(IReadOnlyList<string> labels, int[] truth, float[] probabilities, int[]? groups = null, MetricOptions? options = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(probabilities);
        options ??= new MetricOptions();
        options.Validate();
        var sample = new MetricSample(labels.Count, truth, probabilities, groups);
        var k = labels.Count;
        var n = truth.Length;

        var ones = new int[sample.Units];
        Array.Fill(ones, 1);
        var estimate = sample.Measure(ones, auroc: true);
        var resamples = n == 0 ? null : new BootstrapRun(sample, options, token);

        int[] support = new int[k], predicted = new int[k];
        for (var t = 0; t < k; t++)
            for (var p = 0; p < k; p++)
            {
                support[t] += (int)estimate.Confusion[t * k + p];
                predicted[p] += (int)estimate.Confusion[t * k + p];
            }

        Metric Bootstrapped(string name, double value, int size, Func<BootstrapRun, double[]> of, (double Successes, double Trials, int Groups)? proportion = null)
        {
            if (double.IsNaN(value)) return new Metric(name, double.NaN, double.NaN, double.NaN, 0, sample.Grouped ? "GroupBootstrap" : proportion is null ? "Bootstrap" : "Wilson");
            if (proportion is { } p)
            {
                var (from, to, method) = Intervals.Proportion(p.Successes, p.Trials, sample.Grouped ? p.Groups : null, sample.Grouped ? of(resamples!) : []);
                return new Metric(name, value, from, to, size, method);
            }
            // One group says nothing of how groups differ.
            var (low, high) = sample.Units < 2 ? (double.NaN, double.NaN) : Intervals.Percentile(of(resamples!), value);
            return new Metric(name, value, low, high, size, sample.Grouped ? "GroupBootstrap" : "Bootstrap");
        }

        double right = 0;
        for (var c = 0; c < k; c++) right += estimate.Confusion[c * k + c];
        var classes = new ClassMetrics[k];
        for (var c = 0; c < k; c++)
        {
            var at = c;
            var tp = estimate.Confusion[c * k + c];
            classes[c] = new ClassMetrics(labels[c], support[c],
                Bootstrapped($"precision[{labels[c]}]", estimate.Precision(c), predicted[c], r => r.Precision[at], (tp, predicted[c], sample.UnitsOfPrediction[c])),
                Bootstrapped($"recall[{labels[c]}]", estimate.Recall(c), support[c], r => r.Recall[at], (tp, support[c], sample.UnitsOfTruth[c])),
                Bootstrapped($"f1[{labels[c]}]", estimate.F1(c), support[c], r => r.F1[at]));
        }
        return new ClassificationReport(n, sample.Grouped ? sample.Units : null,
            Bootstrapped("accuracy", estimate.Accuracy, n, r => r.Accuracy, (right, n, sample.Units)),
            Bootstrapped("balanced accuracy", estimate.BalancedAccuracy, n, r => r.BalancedAccuracy),
            Bootstrapped("auroc", estimate.Auroc, n, r => r.Auroc),
            Bootstrapped("calibration error", estimate.CalibrationError, n, r => r.CalibrationError),
            Bootstrapped("log loss", estimate.LogLoss, n, r => r.LogLoss),
            classes,
            [.. Enumerable.Range(0, k).Select(t => (IReadOnlyList<int>)[.. Enumerable.Range(0, k).Select(p => (int)estimate.Confusion[t * k + p])])]);
    }
}

namespace Flywheel.Insight.Metrics;

/// <summary>The figures in every bootstrap resample. Each resample has its own random stream, so that threads change nothing.</summary>
sealed class BootstrapRun
{
    public BootstrapRun(MetricSample sample, MetricOptions options, CancellationToken token)
    {
        var (n, k) = (options.Resamples, sample.Classes);
        Accuracy = new double[n];
        BalancedAccuracy = new double[n];
        Auroc = new double[n];
        CalibrationError = new double[n];
        LogLoss = new double[n];
        Precision = Table(k, n);
        Recall = Table(k, n);
        F1 = Table(k, n);
        Parallel.For(0, n, new ParallelOptions { CancellationToken = token }, () => new int[sample.Units], (r, _, weights) =>
        {
            token.ThrowIfCancellationRequested();
            var random = new SeededRandom(options.Seed, r);
            Array.Clear(weights);
            for (var u = 0; u < weights.Length; u++) weights[random.Next(weights.Length)]++;
            var values = sample.Measure(weights, auroc: sample.Grouped);
            Accuracy[r] = values.Accuracy;
            CalibrationError[r] = values.CalibrationError;
            LogLoss[r] = values.LogLoss;
            for (var c = 0; c < k; c++)
            {
                Precision[c][r] = values.Precision(c);
                Recall[c][r] = values.Recall(c);
                F1[c][r] = values.F1(c);
            }
            if (sample.Grouped)
            {
                BalancedAccuracy[r] = values.BalancedAccuracy;
                Auroc[r] = values.Auroc;
                return weights;
            }
            Array.Clear(weights);
            var start = 0;
            foreach (var end in sample.StratumEnds)
            {
                for (var u = start; u < end; u++) weights[random.Next(start, end)]++;
                start = end;
            }
            BalancedAccuracy[r] = sample.BalancedAccuracy(weights);
            Auroc[r] = sample.Auroc(weights);
            return weights;
        }, _ => { });
    }

    public double[] Accuracy { get; }

    public double[] BalancedAccuracy { get; }

    public double[] Auroc { get; }

    public double[] CalibrationError { get; }

    public double[] LogLoss { get; }

    /// <summary>By class.</summary>
    public double[][] Precision { get; }

    /// <summary>By class.</summary>
    public double[][] Recall { get; }

    /// <summary>By class.</summary>
    public double[][] F1 { get; }

    static double[][] Table(int rows, int columns)
    {
        var table = new double[rows][];
        for (var i = 0; i < rows; i++) table[i] = new double[columns];
        return table;
    }
}

namespace Flywheel.Insight.Metrics;

/// <summary>The figures of one weighted sample.</summary>
sealed class MetricValues(int classes)
{
    /// <summary>K × K weights, rows = truth.</summary>
    public double[] Confusion { get; } = new double[classes * classes];

    public double Auroc { get; set; } = double.NaN;

    public double CalibrationError { get; set; } = double.NaN;

    public double LogLoss { get; set; } = double.NaN;

    public double Accuracy
    {
        get
        {
            double right = 0, all = 0;
            for (var c = 0; c < classes; c++) right += Confusion[c * classes + c];
            foreach (var cell in Confusion) all += cell;
            return all > 0 ? right / all : double.NaN;
        }
    }

    public double BalancedAccuracy
    {
        get
        {
            double sum = 0;
            var present = 0;
            for (var c = 0; c < classes; c++)
                if (Recall(c) is var recall && !double.IsNaN(recall))
                {
                    sum += recall;
                    present++;
                }
            return present > 0 ? sum / present : double.NaN;
        }
    }

    double Support(int c)
    {
        double sum = 0;
        for (var p = 0; p < classes; p++) sum += Confusion[c * classes + p];
        return sum;
    }

    double Predicted(int c)
    {
        double sum = 0;
        for (var t = 0; t < classes; t++) sum += Confusion[t * classes + c];
        return sum;
    }

    public double Recall(int c) => Support(c) is > 0 and var support ? Confusion[c * classes + c] / support : double.NaN;

    public double Precision(int c) => Predicted(c) is > 0 and var predicted ? Confusion[c * classes + c] / predicted : double.NaN;

    /// <summary>2 TP / (2 TP + FP + FN), undefined for a label no image has.</summary>
    public double F1(int c) => Support(c) is > 0 and var support ? 2 * Confusion[c * classes + c] / (support + Predicted(c)) : double.NaN;
}

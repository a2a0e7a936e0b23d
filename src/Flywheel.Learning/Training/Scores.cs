namespace Flywheel.Learning.Training;

/// <summary>What training needs to know of logits [n × classes]. Evaluation proper lives in Flywheel.Insight.</summary>
static class Scores
{
    /// <summary>Softmax of logits divided by a temperature.</summary>
    public static double[] Probabilities(ReadOnlySpan<float> logits, int classes, double temperature = 1)
    {
        var p = new double[logits.Length];
        for (var i = 0; i < p.Length; i += classes)
        {
            double max = double.NegativeInfinity, sum = 0;
            for (var c = 0; c < classes; c++) max = Math.Max(max, logits[i + c]);
            for (var c = 0; c < classes; c++) sum += p[i + c] = Math.Exp((logits[i + c] - max) / temperature);
            for (var c = 0; c < classes; c++) p[i + c] /= sum;
        }
        return p;
    }

    public static int ArgMax(ReadOnlySpan<float> row)
    {
        var best = 0;
        for (var c = 1; c < row.Length; c++) if (row[c] > row[best]) best = c;
        return best;
    }

    public static int ArgMax(ReadOnlySpan<double> row)
    {
        var best = 0;
        for (var c = 1; c < row.Length; c++) if (row[c] > row[best]) best = c;
        return best;
    }

    public static double LogLoss(float[] logits, IReadOnlyList<int> labels, int classes, double temperature)
    {
        var p = Probabilities(logits, classes, temperature);
        double sum = 0;
        for (var i = 0; i < labels.Count; i++) sum -= Math.Log(Math.Max(p[i * classes + labels[i]], 1e-12));
        return sum / labels.Count;
    }

    public static double Accuracy(float[] logits, IReadOnlyList<int> labels, int classes) =>
        Enumerable.Range(0, labels.Count).Count(i => ArgMax(logits.AsSpan(i * classes, classes)) == labels[i]) / (double)labels.Count;

    /// <summary>Mean of the recalls of the classes that occur.</summary>
    public static double BalancedAccuracy(float[] logits, IReadOnlyList<int> labels, int classes)
    {
        var (right, all) = Recalls(logits, labels, classes);
        double sum = 0;
        var present = 0;
        for (var c = 0; c < classes; c++)
        {
            if (all[c] == 0) continue;
            present++;
            sum += (double)right[c] / all[c];
        }
        return present == 0 ? double.NaN : sum / present;
    }

    public static (int[] Right, int[] All) Recalls(float[] logits, IReadOnlyList<int> labels, int classes)
    {
        int[] right = new int[classes], all = new int[classes];
        for (var i = 0; i < labels.Count; i++)
        {
            all[labels[i]]++;
            if (ArgMax(logits.AsSpan(i * classes, classes)) == labels[i]) right[labels[i]]++;
        }
        return (right, all);
    }

    /// <summary>Temperature of the lowest log loss (Guo et al., ICML 2017), by golden section on its logarithm between e^-2 and e^2.5.</summary>
    public static double Temperature(float[] logits, IReadOnlyList<int> labels, int classes)
    {
        const double ratio = 0.6180339887498949;
        double low = -2, high = 2.5;
        double a = high - ratio * (high - low), b = low + ratio * (high - low);
        double fa = At(a), fb = At(b);
        for (var i = 0; i < 40; i++)
        {
            if (fa < fb)
            {
                (high, b, fb) = (b, a, fa);
                a = high - ratio * (high - low);
                fa = At(a);
            }
            else
            {
                (low, a, fa) = (a, b, fb);
                b = low + ratio * (high - low);
                fb = At(b);
            }
        }
        return Math.Exp((low + high) / 2);

        double At(double t) => LogLoss(logits, labels, classes, Math.Exp(t));
    }
}

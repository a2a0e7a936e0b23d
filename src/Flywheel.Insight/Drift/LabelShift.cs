namespace Flywheel.Insight.Drift;

/// <summary>
/// How often each label occurs in production, told from a black-box predictor's answers (BBSE; Lipton et al., ICML 2018): if each label's
/// images still look the same, the answers' mix is the confusion matrix times the labels' mix, which is solved for.
/// </summary>
public sealed class LabelShift
{
    /// <summary>Images of each label the reference has to have.</summary>
    public const int LeastPerLabel = 10;

    /// <summary>
    /// By how much solving may at most magnify the noise of the answers' mix (the norm of the inverse confusion matrix). With two labels it is
    /// about the inverse of (both recalls − 1): five admits recalls of 60 % and refuses a model that hardly tells the labels apart.
    /// </summary>
    public const double LargestMagnification = 5;

    readonly double[] _inverse;

    LabelShift(double[] inverse, int classes, double magnification)
    {
        _inverse = inverse;
        Classes = classes;
        Magnification = magnification;
    }

    /// <summary>Number of labels.</summary>
    public int Classes { get; }

    /// <summary>By how much the noise of the answers' mix is magnified.</summary>
    public double Magnification { get; }

    /// <summary>Learns the confusion from labelled reference images.</summary>
    /// <param name="truth">True label by image; negative ones are left out.</param>
    /// <param name="predicted">Predicted label by image.</param>
    /// <param name="classes">Number of labels.</param>
    /// <param name="weights">Weight of each image; null for equal ones.</param>
    /// <returns>The estimator, or null and why there is none.</returns>
    public static (LabelShift? Estimator, string? Reason) Fit(IReadOnlyList<int> truth, IReadOnlyList<int> predicted, int classes, IReadOnlyList<double>? weights = null)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predicted);
        var confusion = new double[classes * classes];
        double[] mass = new double[classes];
        var counts = new int[classes];
        for (var i = 0; i < truth.Count; i++)
        {
            if (truth[i] < 0) continue;
            var w = weights?[i] ?? 1;
            confusion[predicted[i] * classes + truth[i]] += w;
            mass[truth[i]] += w;
            counts[truth[i]]++;
        }
        for (var c = 0; c < classes; c++)
            if (counts[c] < LeastPerLabel) return (null, $"the reference has {counts[c]} labelled images of one label, {LeastPerLabel} are needed");
        for (var i = 0; i < classes; i++)
            for (var j = 0; j < classes; j++) confusion[i * classes + j] /= mass[j];
        if (Inverse(confusion, classes) is not { } inverse) return (null, "the model's answers do not tell the labels apart");
        double magnification = 0;
        for (var j = 0; j < classes; j++) magnification = Math.Max(magnification, Enumerable.Range(0, classes).Sum(i => Math.Abs(inverse[i * classes + j])));
        return magnification > LargestMagnification
            ? (null, FormattableString.Invariant($"the model tells the labels apart too badly (noise would be magnified {magnification:0.#} times, {LargestMagnification:0} is the most)"))
            : (new LabelShift(inverse, classes, magnification), null);
    }

    /// <summary>The labels' mix behind a mix of answers; unclipped, so a share may come out negative.</summary>
    public double[] Solve(ReadOnlySpan<double> answers)
    {
        var mix = new double[Classes];
        for (var i = 0; i < Classes; i++)
            for (var j = 0; j < Classes; j++) mix[i] += _inverse[i * Classes + j] * answers[j];
        return mix;
    }

    /// <summary>Share of images whose label changed, by a difference of the answers' mixes: half the sum of the absolute changes.</summary>
    public double Moved(ReadOnlySpan<float> window, ReadOnlySpan<float> reference)
    {
        double moved = 0;
        for (var i = 0; i < Classes; i++)
        {
            double change = 0;
            for (var j = 0; j < Classes; j++) change += _inverse[i * Classes + j] * (window[j] - reference[j]);
            moved += Math.Abs(change);
        }
        return moved / 2;
    }

    /// <summary>Gauss–Jordan with pivoting; null if singular.</summary>
    static double[]? Inverse(double[] matrix, int n)
    {
        var a = (double[])matrix.Clone();
        var inverse = new double[n * n];
        for (var i = 0; i < n; i++) inverse[i * n + i] = 1;
        for (var c = 0; c < n; c++)
        {
            var pivot = Enumerable.Range(c, n - c).MaxBy(r => Math.Abs(a[r * n + c]));
            var p = a[pivot * n + c];
            if (Math.Abs(p) < 1e-9) return null;
            for (var j = 0; j < n; j++)
            {
                (a[c * n + j], a[pivot * n + j]) = (a[pivot * n + j], a[c * n + j]);
                (inverse[c * n + j], inverse[pivot * n + j]) = (inverse[pivot * n + j], inverse[c * n + j]);
                a[c * n + j] /= p;
                inverse[c * n + j] /= p;
            }
            for (var r = 0; r < n; r++)
            {
                var factor = a[r * n + c];
                if (r == c || factor == 0) continue;
                for (var j = 0; j < n; j++)
                {
                    a[r * n + j] -= factor * a[c * n + j];
                    inverse[r * n + j] -= factor * inverse[c * n + j];
                }
            }
        }
        return inverse;
    }
}

using System.Numerics;

namespace Flywheel.Insight.AutoLabelling;

/// <summary>
/// A classifier that learns from some hundred feature vectors in milliseconds and knows how it does on labels it has not seen: kernel ridge regression
/// on one-of-k targets with a Gaussian kernel as wide as the median distance. Its leave-one-out answers are in closed form (Rifkin and Lippert, "Notes on
/// regularized least squares", MIT 2007); the ridge and the sharpness of the softmax are those of the lowest leave-one-out log loss.
/// </summary>
public sealed class KernelHead
{
    /// <summary>More labelled images than this make learning slow; a random part is taken.</summary>
    public const int MostRows = 1000;

    static readonly double[] s_ridges = [0.03, 0.1, 0.3, 1];

    readonly EmbeddingMatrix _rows;
    readonly double[] _weights; // [rows × classes]
    readonly double _scale;
    readonly double _sharpness;
    readonly int _classes;

    KernelHead(EmbeddingMatrix rows, double[] weights, double scale, double sharpness, int classes, float[] heldOut)
    {
        _rows = rows;
        _weights = weights;
        _scale = scale;
        _sharpness = sharpness;
        _classes = classes;
        HeldOut = heldOut;
    }

    /// <summary>Probabilities [rows × classes] of the rows it learned from, each as if it had not been among them.</summary>
    public float[] HeldOut { get; }

    /// <summary>Learns.</summary>
    /// <param name="rows">Features, at most <see cref="MostRows"/>.</param>
    /// <param name="labels">0-based.</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="token">Obeyed between ridges.</param>
    public static KernelHead Fit(EmbeddingMatrix rows, IReadOnlyList<int> labels, int classes, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(labels);
        if (rows.Count == 0 || rows.Count > MostRows || rows.Count != labels.Count) throw new ArgumentException($"{rows.Count} rows with {labels.Count} labels.", nameof(rows));
        var n = rows.Count;
        var distance = new float[n * n];
        Parallel.For(0, n, new ParallelOptions { CancellationToken = token }, i =>
        {
            for (var j = 0; j < i; j++) distance[i * n + j] = VectorMath.SquaredDistance(rows[i], rows[j]);
        });
        var some = new List<float>();
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++)
            {
                distance[j * n + i] = distance[i * n + j];
                if ((i * 31 + j) % Math.Max(1, n / 64) == 0) some.Add(distance[i * n + j]);
            }
        some.Sort();
        var scale = some.Count == 0 ? 1 : Math.Max(1e-9, some[some.Count / 2] / 2.0);
        var kernel = distance.Select(d => Math.Exp(-d / scale / 2)).ToArray();

        (double[] Weights, double[] Out, double Sharpness, double Loss)? best = null;
        foreach (var ridge in s_ridges)
        {
            token.ThrowIfCancellationRequested();
            var inverse = Inverse(kernel, n, ridge);
            var weights = new double[n * classes];
            var held = new double[n * classes];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++)
                    for (var c = 0; c < classes; c++) weights[i * classes + c] += inverse[i * n + j] * Target(labels[j], c);
            for (var i = 0; i < n; i++)
                for (var c = 0; c < classes; c++) held[i * classes + c] = Target(labels[i], c) - weights[i * classes + c] / inverse[i * n + i];
            var sharpness = Sharpest(held, labels, classes);
            var loss = Loss(held, labels, classes, sharpness);
            if (best is null || loss < best.Value.Loss) best = (weights, held, sharpness, loss);
        }
        var (w, o, s, _) = best!.Value;
        return new KernelHead(rows, w, scale, s, classes, Softmax(o, classes, s));

        double Target(int label, int c) => (label == c ? 1 : 0) - 1.0 / classes;
    }

    /// <summary>Probabilities [images × classes].</summary>
    public float[] Predict(EmbeddingMatrix images, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var scores = new double[images.Count * _classes];
        Parallel.For(0, images.Count, new ParallelOptions { CancellationToken = token }, i =>
        {
            for (var j = 0; j < _rows.Count; j++)
            {
                var k = Math.Exp(-VectorMath.SquaredDistance(images[i], _rows[j]) / _scale / 2);
                for (var c = 0; c < _classes; c++) scores[i * _classes + c] += k * _weights[j * _classes + c];
            }
        });
        return Softmax(scores, _classes, _sharpness);
    }

    static float[] Softmax(double[] scores, int classes, double sharpness)
    {
        var p = new float[scores.Length];
        for (var i = 0; i < scores.Length; i += classes)
        {
            double most = double.NegativeInfinity, sum = 0;
            for (var c = 0; c < classes; c++) most = Math.Max(most, scores[i + c]);
            for (var c = 0; c < classes; c++) sum += Math.Exp((scores[i + c] - most) * sharpness);
            for (var c = 0; c < classes; c++) p[i + c] = (float)(Math.Exp((scores[i + c] - most) * sharpness) / sum);
        }
        return p;
    }

    static double Loss(double[] scores, IReadOnlyList<int> labels, int classes, double sharpness)
    {
        double sum = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            double most = double.NegativeInfinity, all = 0;
            for (var c = 0; c < classes; c++) most = Math.Max(most, scores[i * classes + c]);
            for (var c = 0; c < classes; c++) all += Math.Exp((scores[i * classes + c] - most) * sharpness);
            sum += Math.Log(all) - (scores[i * classes + labels[i]] - most) * sharpness;
        }
        return sum / labels.Count;
    }

    // Golden section on the logarithm between 0.3 and 30.
    static double Sharpest(double[] scores, IReadOnlyList<int> labels, int classes)
    {
        const double ratio = 0.6180339887498949;
        double low = Math.Log(0.3), high = Math.Log(30);
        for (var i = 0; i < 30; i++)
        {
            double a = high - ratio * (high - low), b = low + ratio * (high - low);
            if (Loss(scores, labels, classes, Math.Exp(a)) < Loss(scores, labels, classes, Math.Exp(b))) high = b;
            else low = a;
        }
        return Math.Exp((low + high) / 2);
    }

    /// <summary>(K + ridge·I)⁻¹ by Cholesky.</summary>
    static double[] Inverse(double[] kernel, int n, double ridge)
    {
        var l = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = kernel[i * n + j] + (i == j ? ridge : 0) - Dot(l.AsSpan(i * n, j), l.AsSpan(j * n, j));
                l[i * n + j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / l[j * n + j];
            }
        }
        // Rows of L⁻ᵀ: column i of L⁻¹, kept as a row.
        var t = new double[n * n];
        Parallel.For(0, n, i =>
        {
            var row = t.AsSpan(i * n, n);
            row[i] = 1 / l[i * n + i];
            for (var k = i + 1; k < n; k++) row[k] = -Dot(l.AsSpan(k * n + i, k - i), row[i..k]) / l[k * n + k];
        });
        var inverse = new double[n * n];
        Parallel.For(0, n, i =>
        {
            for (var j = 0; j <= i; j++) inverse[i * n + j] = Dot(t.AsSpan(i * n + i, n - i), t.AsSpan(j * n + i, n - i));
        });
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j];
        return inverse;
    }

    static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sums = Vector<double>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count) sums += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        var sum = Vector.Sum(sums);
        for (; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}

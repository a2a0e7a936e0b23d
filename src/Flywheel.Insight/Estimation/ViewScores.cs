namespace Flywheel.Insight.Estimation;

/// <summary>What a model says of images and of slightly changed views of them. View 0 is the image itself.</summary>
public sealed class ViewScores
{
    /// <summary>Largest logit that counts: beyond it a float's rounding decides.</summary>
    const double LargestLogit = 9.2;

    readonly float[] _probabilities;

    /// <summary>Wraps an array without copying it.</summary>
    /// <param name="probabilities">Images × views × labels, row-major, each row summing to one.</param>
    /// <param name="count">Images.</param>
    /// <param name="views">Views of each, at least 1.</param>
    /// <param name="classes">Labels, at least 2.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public ViewScores(float[] probabilities, int count, int views, int classes)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (probabilities.LongLength != (long)count * views * classes)
            throw new ArgumentException($"{probabilities.LongLength} probabilities cannot be {count} images × {views} views × {classes} labels.", nameof(probabilities));
        _probabilities = probabilities;
        (Count, Views, Classes) = (count, views, classes);
    }

    /// <summary>Images.</summary>
    public int Count { get; }

    /// <summary>Views of each image.</summary>
    public int Views { get; }

    /// <summary>Labels.</summary>
    public int Classes { get; }

    /// <summary>Signals per image: 1 without views, else 3.</summary>
    public int Signals => Views > 1 ? 3 : 1;

    /// <summary>Probabilities of one view of one image.</summary>
    public ReadOnlySpan<float> this[int image, int view] => _probabilities.AsSpan((image * Views + view) * Classes, Classes);

    /// <summary>The label predicted for the image itself; the first on a tie.</summary>
    public int WinnerOf(int image, int view = 0)
    {
        var p = this[image, view];
        var winner = 0;
        for (var c = 1; c < p.Length; c++)
            if (p[c] > p[winner]) winner = c;
        return winner;
    }

    /// <summary>Probability of the predicted label.</summary>
    public double ConfidenceOf(int image) => this[image, 0][WinnerOf(image)];

    /// <summary>Entropy of the probabilities in nats, with its sign turned: higher is surer.</summary>
    public double NegativeEntropyOf(int image)
    {
        double sum = 0;
        foreach (var p in this[image, 0])
            if (p > 0) sum += p * Math.Log(p);
        return sum;
    }

    /// <summary>
    /// What speaks for the prediction, row by row: the logit of its confidence; with views also the share of them that agree, and the mean
    /// logit they give the predicted label.
    /// </summary>
    public double[] SignalMatrix()
    {
        var d = Signals;
        var matrix = new double[Count * d];
        for (var i = 0; i < Count; i++)
        {
            var winner = WinnerOf(i);
            matrix[i * d] = Logit(this[i, 0][winner]);
            if (d == 1) continue;
            double agree = 0, sum = 0;
            for (var v = 1; v < Views; v++)
            {
                if (WinnerOf(i, v) == winner) agree++;
                sum += Logit(this[i, v][winner]);
            }
            matrix[i * d + 1] = agree / (Views - 1);
            matrix[i * d + 2] = sum / (Views - 1);
        }
        return matrix;
    }

    static double Logit(double p) => Math.Clamp(Math.Log(p / (1 - p)), -LargestLogit, LargestLogit);
}

namespace Flywheel.Insight.Decisions;

/// <summary>
/// The power law of learning curves, error(n) = a + b·n^−c (Hestness et al., arXiv:1712.00409; Viering and Loog, TPAMI 2023), as a posterior
/// over a grid of floors and exponents with the scale integrated out. With no or one point it is the prior; every further one narrows it.
/// </summary>
sealed class LearningCurve
{
    /// <summary>Standard deviation of accuracy between two trainings that differ by their seed alone.</summary>
    const double Rerun = 0.008;
    const int Side = 32;
    const double SmallestError = 0.001, LargestError = 0.95;

    static readonly double[] s_floors = [.. Enumerable.Range(0, Side).Select(i => (i + 0.5) / Side)];
    static readonly double[] s_exponents = [.. Enumerable.Range(0, Side).Select(i => 0.08 * Math.Pow(1.6 / 0.08, i / (Side - 1.0)))];

    readonly double[] _weight, _mean, _deviation;

    LearningCurve(double[] weight, double[] mean, double[] deviation) => (_weight, _mean, _deviation) = (weight, mean, deviation);

    /// <summary>The posterior.</summary>
    /// <param name="labels">N: labels of the model whose error is the curve's scale.</param>
    /// <param name="points">Measured models; with none, an accuracy of 0.9 ± 0.06 at N is supposed.</param>
    public static LearningCurve Fit(int labels, IReadOnlyList<LearningPoint> points)
    {
        var usable = points.Where(p => p.Labels > 0 && double.IsFinite(p.Accuracy.Value))
            .Select(p => (size: p.Labels / (double)labels, error: 1 - p.Accuracy.Value, variance: Math.Pow(Deviation(p.Accuracy), 2) + Rerun * Rerun)).ToList();
        if (usable.Count == 0) usable.Add((1, 0.1, 0.06 * 0.06));
        double[] log = new double[Side * Side], mean = new double[Side * Side], deviation = new double[Side * Side];
        for (var f = 0; f < Side; f++)
            for (var c = 0; c < Side; c++)
            {
                double hh = 0, hy = 0, yy = 0;
                foreach (var (size, error, variance) in usable)
                {
                    var h = s_floors[f] + (1 - s_floors[f]) * Math.Pow(size, -s_exponents[c]);
                    hh += h * h / variance;
                    hy += h * error / variance;
                    yy += error * error / variance;
                }
                var at = f * Side + c;
                mean[at] = hy / hh;
                deviation[at] = 1 / Math.Sqrt(hh);
                // Floors Beta(2, 2); exponents log-normal around 0.4, an even grid in their logarithm.
                var exponent = Math.Log(s_exponents[c] / 0.4) / 0.5;
                log[at] = Math.Log(s_floors[f] * (1 - s_floors[f])) - 0.5 * exponent * exponent - 0.5 * (yy - hy * hy / hh) - 0.5 * Math.Log(hh);
            }
        var top = log.Max();
        var weight = log.Select(l => Math.Exp(l - top)).ToArray();
        var sum = weight.Sum();
        for (var i = 0; i < weight.Length; i++) weight[i] /= sum;
        return new LearningCurve(weight, mean, deviation);
    }

    /// <summary>Curves drawn evenly through the posterior.</summary>
    public CurveDraw[] Draw(int count, SeededRandom random)
    {
        var draws = new CurveDraw[count];
        var cell = 0;
        var reached = _weight[0];
        var scale = Standard.Normals(count, random);
        for (var i = 0; i < count; i++)
        {
            while (reached < (i + 0.5) / count && cell < _weight.Length - 1) reached += _weight[++cell];
            draws[i] = new CurveDraw(Math.Clamp(_mean[cell] + _deviation[cell] * scale[i], SmallestError, LargestError), s_floors[cell / Side], s_exponents[cell % Side]);
        }
        return draws;
    }

    /// <summary>Standard deviation a 95 % interval stands for.</summary>
    public static double Deviation(Metric metric) =>
        double.IsFinite(metric.Low) && double.IsFinite(metric.High) ? Math.Max(0.002, (metric.High - metric.Low) / (2 * Metrics.Intervals.Z95)) : 0.05;
}

namespace Flywheel.Insight.Estimation;

/// <summary>
/// Logistic regression of right and wrong on few signals, with a ridge of one pseudo-observation on standardised slopes so that perfect
/// separation stays finite. Newton's method.
/// </summary>
sealed class LogisticModel
{
    const int MostSteps = 25;
    const double Ridge = 1;

    readonly double[] _mean;
    readonly double[] _deviation;
    readonly double[] _slopes; // the last is the intercept

    LogisticModel(double[] mean, double[] deviation, double[] slopes) => (_mean, _deviation, _slopes) = (mean, deviation, slopes);

    /// <summary>Fits.</summary>
    /// <param name="signals">n × d, row-major.</param>
    /// <param name="d">Signals per row.</param>
    /// <param name="right">n.</param>
    /// <param name="weights">n, summing to about n.</param>
    /// <param name="start">A fit of nearly the same data, to start from and to share the scale of; or null.</param>
    /// <param name="steps">Newton steps at most.</param>
    public static LogisticModel Fit(double[] signals, int d, bool[] right, double[] weights, LogisticModel? start = null, int steps = MostSteps)
    {
        var n = right.Length;
        var (mean, deviation) = start is null ? Scale(signals, d, weights) : (start._mean, start._deviation);
        var b = start is null ? new double[d + 1] : [.. start._slopes];
        var x = new double[d + 1];
        var gradient = new double[d + 1];
        var hessian = new double[(d + 1) * (d + 1)];
        x[d] = 1;
        for (var step = 0; step < steps; step++)
        {
            Array.Clear(gradient);
            Array.Clear(hessian);
            for (var j = 0; j < d; j++)
            {
                gradient[j] = -Ridge * b[j];
                hessian[j * (d + 1) + j] = Ridge;
            }
            for (var i = 0; i < n; i++)
            {
                var w = weights[i];
                if (w == 0) continue;
                var eta = b[d];
                for (var j = 0; j < d; j++)
                {
                    x[j] = (signals[i * d + j] - mean[j]) / deviation[j];
                    eta += b[j] * x[j];
                }
                var p = 1 / (1 + Math.Exp(-eta));
                var residual = w * ((right[i] ? 1 : 0) - p);
                var curve = w * Math.Max(p * (1 - p), 1e-9);
                for (var j = 0; j <= d; j++)
                {
                    gradient[j] += residual * x[j];
                    for (var k = 0; k <= j; k++) hessian[j * (d + 1) + k] += curve * x[j] * x[k];
                }
            }
            var move = Solve(hessian, gradient, d + 1);
            double largest = 0;
            for (var j = 0; j <= d; j++)
            {
                // A single step is kept short: far from the optimum Newton overshoots.
                var by = Math.Clamp(move[j], -3, 3);
                b[j] += by;
                largest = Math.Max(largest, Math.Abs(by));
            }
            if (largest < 1e-9) break;
        }
        return new LogisticModel(mean, deviation, b);
    }

    /// <summary>Probability of being right, row by row.</summary>
    public double[] Predict(double[] signals)
    {
        var d = _mean.Length;
        var p = new double[signals.Length / d];
        for (var i = 0; i < p.Length; i++)
        {
            var eta = _slopes[d];
            for (var j = 0; j < d; j++) eta += _slopes[j] * (signals[i * d + j] - _mean[j]) / _deviation[j];
            p[i] = 1 / (1 + Math.Exp(-eta));
        }
        return p;
    }

    static (double[] Mean, double[] Deviation) Scale(double[] signals, int d, double[] weights)
    {
        double[] mean = new double[d], deviation = new double[d];
        var total = weights.Sum();
        for (var i = 0; i < weights.Length; i++)
            for (var j = 0; j < d; j++) mean[j] += weights[i] * signals[i * d + j] / total;
        for (var i = 0; i < weights.Length; i++)
            for (var j = 0; j < d; j++) deviation[j] += weights[i] * (signals[i * d + j] - mean[j]) * (signals[i * d + j] - mean[j]) / total;
        for (var j = 0; j < d; j++) deviation[j] = Math.Max(1e-6, Math.Sqrt(deviation[j]));
        return (mean, deviation);
    }

    /// <summary>Cholesky; the lower half of the matrix is given.</summary>
    static double[] Solve(double[] a, double[] b, int m)
    {
        var l = new double[m * m];
        for (var i = 0; i < m; i++)
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i * m + j];
                for (var k = 0; k < j; k++) sum -= l[i * m + k] * l[j * m + k];
                l[i * m + j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / l[j * m + j];
            }
        var y = new double[m];
        for (var i = 0; i < m; i++)
        {
            y[i] = b[i];
            for (var k = 0; k < i; k++) y[i] -= l[i * m + k] * y[k];
            y[i] /= l[i * m + i];
        }
        for (var i = m - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < m; k++) y[i] -= l[k * m + i] * y[k];
            y[i] /= l[i * m + i];
        }
        return y;
    }
}

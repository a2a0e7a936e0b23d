namespace Flywheel.Insight.Estimation;

/// <summary>Signals, groups and sums that the estimates share, made once and weighted anew in every resample.</summary>
sealed class LabelFreeData
{
    /// <summary>Nearness of two sets of images: a Gaussian of one deviation of the shifts' own spread.</summary>
    const double Bandwidth = 1;

    readonly IReadOnlyList<ShiftedReference> _reference;
    readonly int _d;
    readonly int[] _unit;
    readonly int[] _windowUnit;
    readonly int[] _windowWinner;
    readonly double[][] _signals;
    readonly bool[][] _right;
    readonly double[] _stacked;
    readonly bool[] _stackedRight;
    readonly double[] _confidence;
    readonly double[] _rawConfidence;
    readonly double[] _entropy;
    readonly double[] _windowRaw;
    readonly double[] _windowEntropy;

    public LabelFreeData(IReadOnlyList<ShiftedReference> reference, int[] truth, int[]? groups, ViewScores window, int[]? windowGroups)
    {
        _reference = reference;
        _d = window.Signals;
        (_unit, Groups) = Number(groups, truth.Length);
        (_windowUnit, WindowGroups) = Number(windowGroups, window.Count);
        _signals = [.. reference.Select(r => r.Scores.SignalMatrix())];
        _right = [.. reference.Select(r => truth.Select((t, i) => r.Scores.WinnerOf(i) == t).ToArray())];
        _stacked = [.. _signals.SelectMany(s => s)];
        _stackedRight = [.. _right.SelectMany(s => s)];
        var first = reference[0].Scores;
        _confidence = Column(_signals[0], _d);
        _rawConfidence = [.. truth.Select((_, i) => first.ConfidenceOf(i))];
        _entropy = [.. truth.Select((_, i) => first.NegativeEntropyOf(i))];
        WindowSignals = window.SignalMatrix();
        WindowConfidence = Column(WindowSignals, _d);
        _windowRaw = [.. Enumerable.Range(0, window.Count).Select(window.ConfidenceOf)];
        _windowEntropy = [.. Enumerable.Range(0, window.Count).Select(window.NegativeEntropyOf)];
        _windowWinner = [.. Enumerable.Range(0, window.Count).Select(i => window.WinnerOf(i))];
    }

    public int Groups { get; }

    public int WindowGroups { get; }

    public double[] WindowSignals { get; }

    public double[] WindowConfidence { get; }

    static double[] Column(double[] matrix, int d) => [.. Enumerable.Range(0, matrix.Length / d).Select(i => matrix[i * d])];

    static (int[] Unit, int Units) Number(int[]? groups, int n)
    {
        if (groups is null) return ([.. Enumerable.Range(0, n)], n);
        if (groups.Length != n) throw new ArgumentException($"{groups.Length} groups for {n} images.", nameof(groups));
        var numbers = new Dictionary<int, int>();
        return ([.. groups.Select(g => numbers.TryGetValue(g, out var at) ? at : numbers[g] = numbers.Count)], numbers.Count);
    }

    /// <summary>Right or wrong by confidence alone, on the unchanged reference.</summary>
    public LogisticModel FitUnshifted(int[] units, LogisticModel? start) =>
        LogisticModel.Fit(_confidence, 1, _right[0], [.. _unit.Select(u => (double)units[u])], start, start is null ? 25 : 4);

    /// <summary>Right or wrong by all signals, on the reference and all its shifts.</summary>
    public LogisticModel FitShifted(int[] units, LogisticModel? start) => Fit(Enumerable.Range(0, _reference.Count), i => units[_unit[i]], start);

    LogisticModel Fit(IEnumerable<int> shifts, Func<int, double> weight, LogisticModel? start)
    {
        var n = _unit.Length;
        var weights = new double[_stackedRight.Length];
        foreach (var s in shifts)
            for (var i = 0; i < n; i++) weights[s * n + i] = weight(i);
        return LogisticModel.Fit(_stacked, _d, _stackedRight, weights, start, start is null ? 25 : 4);
    }

    /// <summary>The estimates in order (average, calibrated, two thresholded, shift-calibrated), then the precision of each label.</summary>
    public double[] Measure(int[] units, int[] windowUnits, LogisticModel plain, LogisticModel? shifted, double[] right, int classes)
    {
        var values = new double[5 + classes];
        double total = 0;
        foreach (var u in _windowUnit) total += windowUnits[u];
        double Mean(double[] of)
        {
            double sum = 0;
            for (var i = 0; i < of.Length; i++) sum += windowUnits[_windowUnit[i]] * of[i];
            return sum / total;
        }
        values[0] = Mean(_windowRaw);
        values[1] = Mean(shifted is null ? right : plain.Predict(WindowConfidence));
        values[2] = Thresholded(_rawConfidence, _windowRaw, units, windowUnits, total);
        values[3] = Thresholded(_entropy, _windowEntropy, units, windowUnits, total);
        values[4] = shifted is null ? double.NaN : Mean(right);
        var sums = new double[classes];
        var counts = new double[classes];
        for (var i = 0; i < right.Length; i++)
        {
            sums[_windowWinner[i]] += windowUnits[_windowUnit[i]] * right[i];
            counts[_windowWinner[i]] += windowUnits[_windowUnit[i]];
        }
        for (var c = 0; c < classes; c++) values[5 + c] = sums[c] / counts[c];
        return values;
    }

    /// <summary>The threshold below which as many reference images fall as are wrong; the estimate is the window's share above it.</summary>
    double Thresholded(double[] scores, double[] windowScores, int[] units, int[] windowUnits, double total)
    {
        double all = 0, wrong = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            all += units[_unit[i]];
            if (!_right[0][i]) wrong += units[_unit[i]];
        }
        var order = Enumerable.Range(0, scores.Length).OrderBy(i => scores[i]).ToArray();
        double below = 0;
        var threshold = double.NegativeInfinity;
        foreach (var i in order)
        {
            if (below >= wrong) break;
            below += units[_unit[i]];
            threshold = scores[i];
        }
        double above = 0;
        for (var i = 0; i < windowScores.Length; i++)
            if (windowScores[i] > threshold) above += windowUnits[_windowUnit[i]];
        return above / total;
    }

    /// <summary>Largest difference of a signal's mean between window and reference, in the reference's deviations.</summary>
    public double ShiftStrength()
    {
        var (mean, deviation) = Moments(_signals[0]);
        var (windowMean, _) = Moments(WindowSignals);
        return Enumerable.Range(0, _d).Max(j => Math.Abs(windowMean[j] - mean[j]) / Math.Max(1e-6, deviation[j]));
    }

    (double[] Mean, double[] Deviation) Moments(double[] signals)
    {
        var n = signals.Length / _d;
        double[] mean = new double[_d], deviation = new double[_d];
        for (var i = 0; i < signals.Length; i++) mean[i % _d] += signals[i] / n;
        for (var i = 0; i < signals.Length; i++) deviation[i % _d] += (signals[i] - mean[i % _d]) * (signals[i] - mean[i % _d]) / n;
        return (mean, [.. deviation.Select(Math.Sqrt)]);
    }

    /// <summary>
    /// The error of the shift-calibrated estimate where it counts: each shift is estimated by a fit that saw neither its family nor its
    /// groups; errors are weighted by the shift's nearness to the window in the means of the signals.
    /// </summary>
    /// <returns>Distance to the nearest shift; root-mean-square error; effective number of shifts it rests on.</returns>
    public (double Nearest, double Error, double Effective) MethodError(int folds)
    {
        var n = _unit.Length;
        folds = Math.Min(folds, Groups);
        var sums = new double[_reference.Count];
        foreach (var family in _reference.Select(r => r.Family).Distinct())
            for (var fold = 0; fold < folds; fold++)
            {
                var fit = Fit(Enumerable.Range(0, _reference.Count).Where(s => _reference[s].Family != family || _reference[s].Family == 0), i => folds < 2 || _unit[i] % folds != fold ? 1 : 0, null);
                for (var s = 0; s < _reference.Count; s++)
                {
                    if (_reference[s].Family != family) continue;
                    var p = fit.Predict(_signals[s]);
                    for (var i = 0; i < n; i++)
                        if (_unit[i] % folds == fold) sums[s] += p[i] - (_right[s][i] ? 1 : 0);
                }
            }
        var means = _signals.Select(s => Moments(s).Mean).ToArray();
        var centre = Moments(WindowSignals).Mean;
        var scale = Enumerable.Range(0, _d).Select(j =>
        {
            var average = means.Average(m => m[j]);
            return Math.Max(1e-6, Math.Sqrt(means.Average(m => (m[j] - average) * (m[j] - average))));
        }).ToArray();
        var squared = means.Select(m => Enumerable.Range(0, _d).Sum(j => (m[j] - centre[j]) * (m[j] - centre[j]) / (scale[j] * scale[j]))).ToArray();
        var nearest = squared.Min();
        var weights = squared.Select(s => Math.Exp(-(s - nearest) / (2 * Bandwidth * Bandwidth))).ToArray();
        double total = weights.Sum(), squares = weights.Sum(w => w * w), error = 0;
        for (var s = 0; s < sums.Length; s++) error += weights[s] / total * (sums[s] / n) * (sums[s] / n);
        return (Math.Sqrt(nearest), Math.Sqrt(error), total * total / squares);
    }
}

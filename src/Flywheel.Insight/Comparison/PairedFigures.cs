using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.Comparison;

/// <summary>
/// The figures of two classifiers on the same images and the 95 % interval of their difference. Independent images: Tango's interval for
/// accuracy and recall, these combined over the labels for balanced accuracy (MOVER, Zou and Donner, Statistics in Medicine 27, 2008), the
/// paired bootstrap for the rest. Groups: the paired bootstrap of whole groups. Where no image tells the two apart, every resample
/// says zero; the interval is then Tango's for no discordant pair among as many trials as there are images, or groups.
/// </summary>
public sealed class PairedFigures
{
    /// <summary>With fewer groups no interval is given: how groups differ cannot be known.</summary>
    public const int LeastGroups = 5;

    readonly IReadOnlyList<string> _labels;
    readonly int[] _truth;
    readonly float[] _first;
    readonly float[] _second;
    readonly int[] _firstAnswer;
    readonly int[] _secondAnswer;
    readonly int[]? _groups;
    readonly MetricSample _firstSample;
    readonly MetricSample _secondSample;
    readonly MetricOptions _options;

    /// <summary>Prepares.</summary>
    /// <param name="labels">Label names, K of them, in the order of the columns of both.</param>
    /// <param name="truth">Index of the true label of each image, length n.</param>
    /// <param name="first">Probabilities of the one compared with (the champion), n × K; zero for a label it does not know.</param>
    /// <param name="second">Probabilities of the one judged, n × K.</param>
    /// <param name="groups">Group of each image; null if images are independent.</param>
    /// <param name="options">Resamples and seed.</param>
    /// <exception cref="ArgumentException">Lengths do not match.</exception>
    public PairedFigures(IReadOnlyList<string> labels, int[] truth, float[] first, float[] second, int[]? groups = null, MetricOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        _options = options ?? new MetricOptions();
        _options.Validate();
        _firstSample = new MetricSample(labels.Count, truth, first, groups);
        _secondSample = new MetricSample(labels.Count, truth, second, groups);
        (_labels, _truth, _first, _second, _groups) = (labels, truth, first, second, groups);
        (_firstAnswer, _secondAnswer) = (Answers(first), Answers(second));
    }

    int N => _truth.Length;

    /// <summary>Both figures and second − factor × first.</summary>
    /// <param name="figure">Which.</param>
    /// <param name="label">Index of the label, for precision, recall and F1.</param>
    /// <param name="factor">What the first is multiplied by.</param>
    /// <param name="token">Obeyed between resamples.</param>
    public (double First, double Second, Metric Difference) Difference(ModelFigure figure, int label = -1, double factor = 1, CancellationToken token = default)
    {
        var ones = new int[_firstSample.Units];
        Array.Fill(ones, 1);
        double first = Value(_firstSample, ones, figure, label), second = Value(_secondSample, ones, figure, label);
        var name = Name(figure, label) + " difference";
        if (double.IsNaN(first) || double.IsNaN(second)) return (first, second, new Metric(name, double.NaN, double.NaN, double.NaN, 0, "Bootstrap"));
        var estimate = second - factor * first;
        var n = Trials(figure, label);
        if (factor == 1 && _first.AsSpan().SequenceEqual(_second)) return (first, second, new Metric(name, 0, 0, 0, n, "Identical"));
        if (_groups is not null && _firstSample.Units < LeastGroups) return (first, second, new Metric(name, estimate, double.NaN, double.NaN, n, "GroupBootstrap"));
        if (factor == 1 && _groups is null)
        {
            switch (figure)
            {
                case ModelFigure.Accuracy or ModelFigure.Recall:
                    var (low, high) = Tango(figure == ModelFigure.Recall ? label : -1);
                    return (first, second, new Metric(name, estimate, Math.Min(low, estimate), Math.Max(high, estimate), n, "Tango"));
                case ModelFigure.BalancedAccuracy:
                    var (from, to) = Mover(estimate);
                    return (first, second, new Metric(name, estimate, from, to, n, "Tango"));
            }
        }
        var resamples = Resample(figure, label, factor, token);
        var (below, above) = Intervals.Percentile(resamples, estimate);
        var method = _groups is null ? "Bootstrap" : "GroupBootstrap";
        if (below == above && factor == 1 && IsOfAnswers(figure))
        {
            (below, above) = PairedProportion.Interval(0, 0, _groups is null ? n : Math.Min(n, UnitsOf(figure, label)));
            (below, above, method) = (estimate + below, estimate + above, "Tango");
        }
        return (first, second, new Metric(name, estimate, below, above, n, method));
    }

    /// <summary>The name a figure has in tables: <c>recall[closed]</c>.</summary>
    string Name(ModelFigure figure, int label) => figure switch
    {
        ModelFigure.BalancedAccuracy => "balanced accuracy",
        ModelFigure.CalibrationError => "calibration error",
        ModelFigure.LogLoss => "log loss",
        ModelFigure.Precision or ModelFigure.Recall or ModelFigure.F1 => $"{figure.ToString().ToLowerInvariant()}[{_labels[label]}]",
        _ => figure.ToString().ToLowerInvariant(),
    };

    static bool IsOfAnswers(ModelFigure figure) => figure is not (ModelFigure.Auroc or ModelFigure.CalibrationError or ModelFigure.LogLoss);

    int Trials(ModelFigure figure, int label) => figure switch
    {
        ModelFigure.Recall => _truth.Count(t => t == label),
        ModelFigure.Precision or ModelFigure.F1 => Enumerable.Range(0, N).Count(i => _truth[i] == label && figure == ModelFigure.F1 || _firstAnswer[i] == label || _secondAnswer[i] == label),
        _ => N,
    };

    int UnitsOf(ModelFigure figure, int label) => Enumerable.Range(0, N)
        .Where(i => figure is ModelFigure.Accuracy or ModelFigure.BalancedAccuracy || _truth[i] == label && figure != ModelFigure.Precision || figure != ModelFigure.Recall && (_firstAnswer[i] == label || _secondAnswer[i] == label))
        .Select(i => _groups![i]).Distinct().Count();

    (double Low, double High) Tango(int label)
    {
        int gained = 0, lost = 0, n = 0;
        for (var i = 0; i < N; i++)
        {
            if (label >= 0 && _truth[i] != label) continue;
            n++;
            bool before = _firstAnswer[i] == _truth[i], after = _secondAnswer[i] == _truth[i];
            if (after && !before) gained++;
            if (before && !after) lost++;
        }
        return PairedProportion.Interval(gained, lost, n);
    }

    (double Low, double High) Mover(double estimate)
    {
        double below = 0, above = 0;
        var present = _truth.Distinct().ToArray();
        foreach (var label in present)
        {
            var (low, high) = Tango(label);
            var value = Value(_secondSample, label) - Value(_firstSample, label);
            below += (value - low) * (value - low);
            above += (high - value) * (high - value);
        }
        return (estimate - Math.Sqrt(below) / present.Length, estimate + Math.Sqrt(above) / present.Length);

        double Value(MetricSample sample, int label)
        {
            var ones = new int[sample.Units];
            Array.Fill(ones, 1);
            return PairedFigures.Value(sample, ones, ModelFigure.Recall, label);
        }
    }

    // The same random streams as for the figures of one model.
    double[] Resample(ModelFigure figure, int label, double factor, CancellationToken token)
    {
        var differences = new double[_options.Resamples];
        var stratified = _groups is null && figure is (ModelFigure.BalancedAccuracy or ModelFigure.Auroc);
        Parallel.For(0, differences.Length, new ParallelOptions { CancellationToken = token }, () => new int[_firstSample.Units], (r, _, weights) =>
        {
            token.ThrowIfCancellationRequested();
            var random = new SeededRandom(_options.Seed, r);
            Array.Clear(weights);
            if (stratified)
            {
                var start = 0;
                foreach (var end in _firstSample.StratumEnds)
                {
                    for (var u = start; u < end; u++) weights[random.Next(start, end)]++;
                    start = end;
                }
            }
            else
            {
                for (var u = 0; u < weights.Length; u++) weights[random.Next(weights.Length)]++;
            }
            differences[r] = Value(_secondSample, weights, figure, label) - factor * Value(_firstSample, weights, figure, label);
            return weights;
        }, _ => { });
        return differences;
    }

    static double Value(MetricSample sample, int[] weights, ModelFigure figure, int label)
    {
        var values = sample.Measure(weights, auroc: figure == ModelFigure.Auroc);
        return figure switch
        {
            ModelFigure.Accuracy => values.Accuracy,
            ModelFigure.BalancedAccuracy => values.BalancedAccuracy,
            ModelFigure.Auroc => values.Auroc,
            ModelFigure.CalibrationError => values.CalibrationError,
            ModelFigure.LogLoss => values.LogLoss,
            ModelFigure.Precision => values.Precision(label),
            ModelFigure.Recall => values.Recall(label),
            _ => values.F1(label),
        };
    }

    int[] Answers(float[] probabilities)
    {
        var k = _labels.Count;
        var answers = new int[N];
        for (var i = 0; i < answers.Length; i++)
            for (var c = 1; c < k; c++)
                if (probabilities[i * k + c] > probabilities[i * k + answers[i]]) answers[i] = c;
        return answers;
    }
}

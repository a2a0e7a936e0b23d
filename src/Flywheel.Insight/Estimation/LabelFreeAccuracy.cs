using System.Globalization;

namespace Flywheel.Insight.Estimation;

/// <summary>
/// How accurate a model is on images nobody has labelled, as far as that can be known. Five estimates stand beside each other:
/// average confidence; the same calibrated on the reference (CBPE, NannyML); average thresholded confidence and entropy (ATC, Garg et al.,
/// ICLR 2022); and confidence calibrated on the reference under many synthetic shifts, with the steadiness of the answer under small changes
/// as a second witness (after synthetic meta-sets, Deng and Zheng, CVPR 2021; effective invariance, Deng, Gould and Zheng, NeurIPS 2022;
/// calibration over several domains, Wald et al., NeurIPS 2021). The last is the answer. Its error is measured on kinds of shift left out of
/// the calibration, weighted by their nearness to the window, and is part of its interval. Where the window shows something else than
/// the reference, lies beyond every shift tried, or the interval is too wide, the accuracy cannot be known.
/// </summary>
public static class LabelFreeAccuracy
{
    /// <summary>A window farther than this from every shift tried, in the shifts' deviations, is outside of what can be judged.</summary>
    public const double FarthestShift = 2;

    const int GapFolds = 2;

    /// <summary>Estimates.</summary>
    /// <param name="reference">The shifts of the labelled reference; the first must be the unchanged one (family 0). With it alone, and no views, nothing can be known.</param>
    /// <param name="truth">True label of each reference image.</param>
    /// <param name="groups">Independent unit of each reference image, or null.</param>
    /// <param name="window">The images of production.</param>
    /// <param name="windowGroups">Their independent units, or null.</param>
    /// <param name="labels">Label names, for the figures by label.</param>
    /// <param name="options">Resamples, seed, confidence.</param>
    /// <param name="token">Obeyed between resamples.</param>
    /// <exception cref="ArgumentException">Lengths do not match.</exception>
    public static LabelFreeResult Estimate(IReadOnlyList<ShiftedReference> reference, int[] truth, int[]? groups, ViewScores window, int[]? windowGroups, IReadOnlyList<string> labels,
        LabelFreeOptions? options = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(window);
        ArgumentNullException.ThrowIfNull(labels);
        options ??= new LabelFreeOptions();
        if (reference.Count == 0 || reference[0].Family != 0 || reference.Any(r => r.Scores.Count != truth.Length || r.Scores.Views != window.Views) || truth.Length == 0 || window.Count == 0)
            throw new ArgumentException("The reference begins with its unchanged images, all of its rows have a truth, and window and reference have the same views.", nameof(reference));

        var data = new LabelFreeData(reference, truth, groups, window, windowGroups);
        int[] allRows = [.. Enumerable.Repeat(1, data.Groups)], allWindow = [.. Enumerable.Repeat(1, data.WindowGroups)];
        var plain = data.FitUnshifted(allRows, null);
        var shifted = reference.Count > 1 ? data.FitShifted(allRows, null) : null;
        var right = (shifted ?? plain).Predict(shifted is null ? data.WindowConfidence : data.WindowSignals);
        var point = data.Measure(allRows, allWindow, plain, shifted, right, labels.Count);

        var resamples = new double[options.Resamples][];
        Parallel.For(0, options.Resamples, new ParallelOptions { CancellationToken = token }, r =>
        {
            var random = new SeededRandom(options.Seed, r);
            var rows = Resample(data.Groups, random);
            var windowRows = Resample(data.WindowGroups, random);
            var p = data.FitUnshifted(rows, plain);
            var s = shifted is null ? null : data.FitShifted(rows, shifted);
            resamples[r] = data.Measure(rows, windowRows, p, s, (s ?? p).Predict(s is null ? data.WindowConfidence : data.WindowSignals), labels.Count);
        });

        string[] names = ["average confidence", "calibrated confidence", "thresholded confidence", "thresholded entropy", "shift-calibrated confidence"];
        string[] methods = ["AC", "CBPE", "ATC", "ATC", "ShiftCalibrated"];
        var few = data.Groups < 2;
        var estimates = new List<Metric>();
        for (var e = 0; e < (shifted is null ? 4 : 5); e++)
        {
            var (low, high) = Interval(resamples, e, point[e], options.Z, few);
            estimates.Add(new Metric(names[e], point[e], low, high, window.Count, methods[e]));
        }
        var spread = estimates.Max(e => e.Value) - estimates.Min(e => e.Value);
        var strength = data.ShiftStrength();

        var (nearest, error, effective) = shifted is null ? (double.NaN, double.NaN, 0) : data.MethodError(GapFolds);
        // Student's quantile stands for how little a handful of shifts tells of an error's size.
        var reach = shifted is null ? double.NaN : StudentFactor(effective, options.Z) * error;
        var best = shifted is null ? double.NaN : point[4];
        double from = double.NaN, to = double.NaN;
        if (shifted is not null)
        {
            from = Math.Max(0, best - Math.Sqrt(Square(best - estimates[4].Low) + reach * reach));
            to = Math.Min(1, best + Math.Sqrt(Square(estimates[4].High - best) + reach * reach));
        }
        var half = Math.Max(best - from, to - best);
        var reason = shifted is null ? "the pictures were not kept, so the model's steadiness on them cannot be tried"
            : few ? "the reference has only one independent group"
            : options.DomainAuc > options.LargestDomainAuc ? string.Create(CultureInfo.InvariantCulture, $"production shows something else than the reference (told apart with AUC {options.DomainAuc:0.00}), so confidence need not mean what it meant there")
            : nearest > FarthestShift ? string.Create(CultureInfo.InvariantCulture, $"production lies {nearest:0.0} deviations beyond every shift that could be tried")
            : !(half <= options.LargestHalfWidth) ? string.Create(CultureInfo.InvariantCulture, $"under shifts like this the estimate errs by up to {100 * half:0} points")
            : "";
        var precision = new List<Metric>();
        for (var c = 0; c < labels.Count; c++)
        {
            var at = 5 + c;
            var n = Enumerable.Range(0, window.Count).Count(i => window.WinnerOf(i) == c);
            if (n == 0 || shifted is null) continue;
            var (low, high) = Interval(resamples, at, point[at], options.Z, few);
            precision.Add(new Metric($"precision[{labels[c]}]", point[at], Math.Max(0, point[at] - Math.Sqrt(Square(point[at] - low) + reach * reach)),
                Math.Min(1, point[at] + Math.Sqrt(Square(high - point[at]) + reach * reach)), n, "ShiftCalibrated"));
        }
        return new LabelFreeResult(reason.Length == 0, reason, best, from, to, estimates, spread, strength, options.DomainAuc, nearest, error, right, precision);
    }

    static int[] Resample(int units, SeededRandom random)
    {
        var weights = new int[units];
        for (var u = 0; u < units; u++) weights[random.Next(units)]++;
        return weights;
    }

    static double Square(double x) => x * x;

    static (double Low, double High) Interval(double[][] resamples, int at, double value, double z, bool few)
    {
        var values = resamples.Select(r => r[at]).Where(double.IsFinite).ToArray();
        if (few || values.Length < 2 || double.IsNaN(value)) return (double.NaN, double.NaN);
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(v => Square(v - mean)) / (values.Length - 1));
        return (Math.Max(0, value - z * deviation), Math.Min(1, value + z * deviation));
    }

    /// <summary>Student's quantile by its expansion in 1/ν (Abramowitz and Stegun 26.7.5); ν at least 2.</summary>
    static double StudentFactor(double effective, double z)
    {
        var v = Math.Max(2, effective - 1);
        double z3 = z * z * z, z5 = z3 * z * z;
        return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v);
    }
}

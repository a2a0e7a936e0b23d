using System.Globalization;

namespace Flywheel.Insight.Drift;

/// <summary>The labels' mix by BBSE.</summary>
sealed class LabelTest(LabelShift shift, IReadOnlyList<string> labels, int[] referencePredicted, int[] windowPredicted, Func<(double[] Before, double[] After, double[] Low, double[] High)> estimate) : UnitTest
{
    public override int Width => shift.Classes;

    public override void Fill(SampleUnit unit, bool window, Span<float> features)
    {
        var predicted = window ? windowPredicted : referencePredicted;
        for (var i = 0; i < unit.Images.Length; i++) features[predicted[unit.Images[i]]] += unit.Weights[i];
    }

    public override double Statistic(ReadOnlySpan<float> window, ReadOnlySpan<float> reference, int n, int m) => shift.Moved(window, reference);

    public override DriftTest Describe(ReadOnlySpan<float> window, ReadOnlySpan<float> reference)
    {
        var (before, after, low, high) = estimate();
        var c = Enumerable.Range(0, labels.Count).MaxBy(i => Math.Abs(after[i] - before[i]));
        return new DriftTest
        {
            Kind = DriftKind.Label,
            Name = "label mix",
            Statistic = "BBSE",
            Effect = string.Create(CultureInfo.InvariantCulture, $"{labels[c]} {100 * before[c]:0.#} → {100 * after[c]:0.#} % [{100 * low[c]:0.#}, {100 * high[c]:0.#}]"),
        };
    }
}

using System.Globalization;

namespace Flywheel.Insight.Drift;

/// <summary>
/// A number by Wasserstein distance or KS, on a grid of at most 256 steps cut from both samples together: single values at the tails,
/// quantiles between. With no more different values than steps the statistic is exact.
/// </summary>
sealed class NumberTest : UnitTest
{
    const int Steps = 256, Tail = 32;

    readonly NumberColumn _column;
    readonly double[] _upper, _position;
    readonly int[] _referenceBin, _windowBin;

    readonly double[] _referenceWeights, _windowWeights;

    NumberTest(NumberColumn column, double[] sorted, double[] referenceWeights, double[] windowWeights)
    {
        _column = column;
        (_referenceWeights, _windowWeights) = (referenceWeights, windowWeights);
        _upper = Grid(sorted);
        _referenceBin = Bins(column.Reference);
        _windowBin = Bins(column.Window);
        // A step stands where its values' mean is.
        _position = new double[_upper.Length];
        var count = new int[_upper.Length];
        for (int i = 0, bin = 0; i < sorted.Length; i++)
        {
            while (sorted[i] > _upper[bin]) bin++;
            _position[bin] += sorted[i];
            count[bin]++;
        }
        for (var b = 0; b < count.Length; b++) _position[b] /= count[b];
    }

    /// <summary>The test, or null if the number is the same everywhere.</summary>
    /// <param name="column">The number.</param>
    /// <param name="referenceWeights">Weight of each reference image.</param>
    /// <param name="windowWeights">Weight of each window image.</param>
    public static NumberTest? Create(NumberColumn column, double[] referenceWeights, double[] windowWeights)
    {
        double[] sorted = [.. column.Reference, .. column.Window];
        Array.Sort(sorted);
        return sorted[0] == sorted[^1] ? null : new NumberTest(column, sorted, referenceWeights, windowWeights);
    }

    public NumberColumn Column => _column;

    public override int Width => _upper.Length;

    static double[] Grid(double[] sorted)
    {
        var distinct = 1;
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i] != sorted[i - 1]) distinct++;
        var upper = new List<double>();
        void Add(double x)
        {
            if (upper.Count == 0 || x > upper[^1]) upper.Add(x);
        }
        if (distinct <= Steps)
        {
            foreach (var x in sorted) Add(x);
            return [.. upper];
        }
        for (var i = 0; i < Tail; i++) Add(sorted[i]);
        const int middle = Steps - 2 * Tail;
        for (var k = 1; k <= middle; k++) Add(sorted[Tail - 1 + (int)((long)k * (sorted.Length - 2 * Tail) / middle)]);
        for (var i = sorted.Length - Tail; i < sorted.Length; i++) Add(sorted[i]);
        return [.. upper];
    }

    int[] Bins(double[] values) => [.. values.Select(v =>
    {
        var at = Array.BinarySearch(_upper, v);
        return at < 0 ? ~at : at;
    })];

    public override void Fill(SampleUnit unit, bool window, Span<float> features)
    {
        var bins = window ? _windowBin : _referenceBin;
        for (var i = 0; i < unit.Images.Length; i++) features[bins[unit.Images[i]]] += unit.Weights[i];
    }

    public override double Statistic(ReadOnlySpan<float> window, ReadOnlySpan<float> reference, int n, int m)
    {
        double below = 0, distance = 0, largest = 0;
        for (var b = 0; b + 1 < window.Length; b++)
        {
            below += window[b] - reference[b];
            distance += Math.Abs(below) * (_position[b + 1] - _position[b]);
            largest = Math.Max(largest, Math.Abs(below));
        }
        return _column.Kind == DriftKind.Property ? distance : largest;
    }

    /// <summary>The chance that a window's image has the larger number, ties counting half.</summary>
    public static double Larger(ReadOnlySpan<float> window, ReadOnlySpan<float> reference)
    {
        double below = 0, larger = 0;
        for (var b = 0; b < window.Length; b++)
        {
            larger += window[b] * (below + reference[b] / 2.0);
            below += reference[b];
        }
        return larger;
    }

    public override DriftTest Describe(ReadOnlySpan<float> window, ReadOnlySpan<float> reference)
    {
        double before = 0, after = 0, spread = 0;
        for (var b = 0; b < window.Length; b++)
        {
            before += reference[b] * _position[b];
            after += window[b] * _position[b];
        }
        for (var b = 0; b < reference.Length; b++) spread += reference[b] * (_position[b] - before) * (_position[b] - before);
        spread = Math.Sqrt(spread);
        var unit = _column.Unit.Length == 0 ? "" : " " + _column.Unit;
        var shift = spread > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({(after - before) / spread:+0.0;−0.0;0.0} SD)") : "";
        return new DriftTest
        {
            Kind = _column.Kind,
            Name = _column.Name,
            Statistic = _column.Kind == DriftKind.Property ? "Wasserstein" : "KS",
            Effect = $"{Short(before)} → {Short(after)}{unit}{shift}",
            Psi = PopulationStability.Index(_column.Reference, _column.Window, _referenceWeights, _windowWeights),
            IndependentP = KolmogorovSmirnov.PValue(KolmogorovSmirnov.Statistic(_column.Reference, _column.Window), _column.Reference.Length, _column.Window.Length),
        };
    }

    static string Short(double x) => x.ToString(Math.Abs(x) >= 100 ? "0" : Math.Abs(x) >= 10 ? "0.#" : Math.Abs(x) >= 1 ? "0.##" : "0.###", CultureInfo.InvariantCulture);
}

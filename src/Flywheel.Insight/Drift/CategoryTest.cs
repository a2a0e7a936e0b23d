using System.Globalization;

namespace Flywheel.Insight.Drift;

/// <summary>A tag or the predicted label by chi-square, rare levels joined.</summary>
sealed class CategoryTest : UnitTest
{
    /// <summary>Beyond this many a tag names things rather than sorts them.</summary>
    public const int MostLevels = 50;

    readonly CategoryColumn _column;
    readonly int[] _cell;
    readonly int _cells;

    CategoryTest(CategoryColumn column, int[] cell, int cells)
    {
        _column = column;
        _cell = cell;
        _cells = cells;
    }

    /// <summary>The test, or null if fewer than two cells are left.</summary>
    public static CategoryTest? Create(CategoryColumn column, SampleUnits units)
    {
        var pooled = new double[column.Levels.Count];
        foreach (var unit in units.Reference) Count(unit, column.Reference);
        foreach (var unit in units.Window) Count(unit, column.Window);
        double n = units.Window.Length, m = units.Reference.Length;
        var (cell, cells) = ChiSquare.JoinRare(pooled, Math.Min(n, m) / (n + m));
        return cells < 2 ? null : new CategoryTest(column, cell, cells);

        void Count(SampleUnit unit, int[] levels)
        {
            for (var i = 0; i < unit.Images.Length; i++) pooled[levels[unit.Images[i]]] += unit.Weights[i];
        }
    }

    public override int Width => _cells;

    public override void Fill(SampleUnit unit, bool window, Span<float> features)
    {
        var levels = window ? _column.Window : _column.Reference;
        for (var i = 0; i < unit.Images.Length; i++) features[_cell[levels[unit.Images[i]]]] += unit.Weights[i];
    }

    public override double Statistic(ReadOnlySpan<float> window, ReadOnlySpan<float> reference, int n, int m)
    {
        double sum = 0;
        for (var c = 0; c < window.Length; c++)
        {
            var share = ((double)window[c] * n + (double)reference[c] * m) / ((double)n + m);
            var difference = (double)window[c] - reference[c];
            if (share > 0) sum += difference * difference / share;
        }
        return sum * n * m / ((double)n + m);
    }

    public override DriftTest Describe(ReadOnlySpan<float> window, ReadOnlySpan<float> reference)
    {
        var moved = 0;
        for (var c = 1; c < _cells; c++)
            if (Math.Abs(window[c] - reference[c]) > Math.Abs(window[moved] - reference[moved])) moved = c;
        string[] names = [.. _column.Levels.Where((_, level) => _cell[level] == moved)];
        double[] a = new double[_cells], b = new double[_cells];
        foreach (var level in _column.Window) a[_cell[level]]++;
        foreach (var level in _column.Reference) b[_cell[level]]++;
        return new DriftTest
        {
            Kind = _column.Kind,
            Name = _column.Name,
            Statistic = "chi-square",
            Effect = string.Create(CultureInfo.InvariantCulture, $"{(names.Length == 1 ? names[0] : $"{names.Length} others")} {100 * reference[moved]:0.#} → {100 * window[moved]:0.#} %"),
            IndependentP = ChiSquare.Test(a, b).P,
        };
    }
}

using Flywheel.Insight.Comparison;

namespace Flywheel.Insight.Drift;

/// <summary>Pearson's chi-square test that two samples share one distribution over levels.</summary>
public static class ChiSquare
{
    /// <summary>The test.</summary>
    /// <param name="first">Counts by level.</param>
    /// <param name="second">Counts by level.</param>
    /// <returns>The statistic, its degrees of freedom (levels that occur, less one) and p; p is 1 with fewer than two levels.</returns>
    public static (double Statistic, int Freedom, double P) Test(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length) throw new ArgumentException($"{first.Length} and {second.Length} levels.", nameof(second));
        double n = 0, m = 0;
        for (var i = 0; i < first.Length; i++)
        {
            n += first[i];
            m += second[i];
        }
        double statistic = 0;
        var freedom = -1;
        for (var i = 0; i < first.Length; i++)
        {
            var share = (first[i] + second[i]) / (n + m);
            if (share <= 0) continue;
            var difference = first[i] / n - second[i] / m;
            statistic += difference * difference / share;
            freedom++;
        }
        statistic *= n * m / (n + m);
        return freedom < 1 ? (0, 0, 1) : (statistic, freedom, Tail(statistic, freedom));
    }

    /// <summary>
    /// Joins rare levels, so that the smaller sample expects at least <paramref name="least"/> in each cell (Cochran, Biometrics 1954): rare
    /// ones become one cell, and if that is rare too, it joins the rarest other.
    /// </summary>
    /// <param name="pooled">Counts by level of both samples together.</param>
    /// <param name="smallerShare">The smaller sample's part of them, 0..0.5.</param>
    /// <param name="least">Expected count a cell needs.</param>
    /// <returns>Each level's cell, and how many cells there are.</returns>
    public static (int[] Cell, int Cells) JoinRare(IReadOnlyList<double> pooled, double smallerShare, double least = 5)
    {
        ArgumentNullException.ThrowIfNull(pooled);
        var cell = new int[pooled.Count];
        var cells = 0;
        double rare = 0;
        for (var i = 0; i < cell.Length; i++)
        {
            if (pooled[i] * smallerShare >= least) cell[i] = cells++;
            else (cell[i], rare) = (-1, rare + pooled[i]);
        }
        if (rare == 0) return (cell, cells);
        var target = cells;
        if (rare * smallerShare < least && cells > 0) target = cell[Enumerable.Range(0, cell.Length).Where(i => cell[i] >= 0).MinBy(i => pooled[i])];
        else cells++;
        for (var i = 0; i < cell.Length; i++)
            if (cell[i] < 0) cell[i] = target;
        return (cell, cells);
    }

    /// <summary>The chance of a chi-square variable beyond <paramref name="x"/>.</summary>
    public static double Tail(double x, int freedom) => GammaQ(freedom / 2.0, x / 2);

    /// <summary>The upper regularised incomplete gamma function Q(a, x): series below a + 1, Lentz's continued fraction above (DLMF 8.11.4, 8.9.2).</summary>
    static double GammaQ(double a, double x)
    {
        if (x <= 0) return 1;
        // Γ(a) = Γ(a + 1) / a keeps the argument of Stirling's series at 1 or more.
        var front = Math.Exp(a * Math.Log(x) - x - (McNemar.LogGamma(a + 1) - Math.Log(a)));
        if (x < a + 1)
        {
            double term = 1 / a, sum = term;
            for (var k = 1; k < 10_000 && term > sum * 1e-17; k++) sum += term *= x / (a + k);
            return 1 - front * sum;
        }
        const double tiny = 1e-300;
        double b = x + 1 - a, c = 1 / tiny, d = 1 / b, fraction = d;
        for (var k = 1; k < 10_000; k++)
        {
            var an = -k * (k - a);
            b += 2;
            d = an * d + b;
            c = b + an / c;
            if (Math.Abs(d) < tiny) d = tiny;
            if (Math.Abs(c) < tiny) c = tiny;
            d = 1 / d;
            fraction *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16) break;
        }
        return front * fraction;
    }
}

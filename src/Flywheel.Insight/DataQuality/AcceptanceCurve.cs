using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.DataQuality;

/// <summary>
/// How the share of suggestions people agree with grows with their score: isotonic regression by pooling adjacent violators (Ayer et al.,
/// Ann. Math. Statist. 1955).
/// </summary>
public sealed class AcceptanceCurve
{
    /// <summary>Verdicts needed before a threshold is told.</summary>
    public const int Fewest = 20;

    readonly (double From, double To, double Rate, int N)[] _blocks;

    AcceptanceCurve((double, double, double, int)[] blocks) => _blocks = blocks;

    /// <summary>Verdicts.</summary>
    public int N => _blocks.Sum(b => b.N);

    /// <summary>Share accepted.</summary>
    public double Rate => N == 0 ? double.NaN : _blocks.Sum(b => b.Rate * b.N) / N;

    /// <summary>Wilson's 95 % interval of <see cref="Rate"/>.</summary>
    public (double Low, double High) Interval => Intervals.Wilson(Math.Round(Rate * N), N);

    /// <summary>Fits verdicts.</summary>
    /// <param name="scores">Scores.</param>
    /// <param name="accepted">Whether each was accepted.</param>
    public static AcceptanceCurve Fit(IReadOnlyList<double> scores, IReadOnlyList<bool> accepted)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(accepted);
        var blocks = new List<(double From, double To, double Sum, int N)>();
        foreach (var group in Enumerable.Range(0, scores.Count).GroupBy(i => scores[i]).OrderBy(g => g.Key))
        {
            blocks.Add((group.Key, group.Key, group.Count(i => accepted[i]), group.Count()));
            while (blocks is [.., var before, var last] && before.Sum / before.N >= last.Sum / last.N)
            {
                blocks.RemoveRange(blocks.Count - 2, 2);
                blocks.Add((before.From, last.To, before.Sum + last.Sum, before.N + last.N));
            }
        }
        return new AcceptanceCurve([.. blocks.Select(b => (b.From, b.To, b.Sum / b.N, b.N))]);
    }

    /// <summary>The fitted share at a score; that of the nearest block below between blocks, of the first below all.</summary>
    public double At(double score)
    {
        var rate = _blocks.Length == 0 ? double.NaN : _blocks[0].Rate;
        foreach (var block in _blocks)
            if (block.From <= score) rate = block.Rate;
        return rate;
    }

    /// <summary>
    /// The lowest score from which on at least that share was accepted; null if fewer than <see cref="Fewest"/> verdicts tell, or if no
    /// score reaches it with at least half as many verdicts above.
    /// </summary>
    public double? Threshold(double target)
    {
        if (N < Fewest) return null;
        double? lowest = null;
        var sum = 0.0;
        var n = 0;
        for (var b = _blocks.Length - 1; b >= 0; b--)
        {
            sum += _blocks[b].Rate * _blocks[b].N;
            n += _blocks[b].N;
            if (sum / n < target - 1e-12) break; // shares only fall from here on
            if (n >= Fewest / 2) lowest = _blocks[b].From;
        }
        return lowest;
    }
}

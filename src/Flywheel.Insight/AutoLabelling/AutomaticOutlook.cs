using Flywheel.Insight.Decisions;
using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.AutoLabelling;

/// <summary>When automatic labelling will open.</summary>
/// <param name="Labels">Labels in all at which it is expected to; null if not within <see cref="MostTimes"/> times today's.</param>
/// <param name="Share">The share of the images it would open then, 0..1.</param>
/// <param name="Accuracy">Accuracy expected with that many labels, or with the most looked at.</param>
public sealed record AutomaticOutlook(int? Labels, double Share, double Accuracy)
{
    /// <summary>How far ahead is looked: this many times today's labels.</summary>
    public const double MostTimes = 20;

    const int Draws = 400;

    /// <summary>
    /// Looks ahead: the learning curve says how errors shrink with labels, the surest shares are taken to shrink in step, and the certifier's bound
    /// says how many labels prove a rate.
    /// </summary>
    /// <param name="curve">Cross-validated accuracy at growing numbers of labels; the last point is today.</param>
    /// <param name="labels">The certifying labels of today.</param>
    /// <param name="precision">Target.</param>
    /// <param name="confidence">Its confidence.</param>
    public static AutomaticOutlook Of(IReadOnlyList<LearningPoint> curve, IReadOnlyList<CertifyingLabel> labels, double precision, double confidence)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentNullException.ThrowIfNull(labels);
        if (curve.Count == 0 || labels.Count == 0) throw new ArgumentException("Nothing is measured yet.", nameof(curve));
        var draws = LearningCurve.Fit(curve[^1].Labels, curve).Draw(Draws, new SeededRandom(0));
        double Factor(double times) => Median([.. draws.Select(d => d.At(times) / d.At(1))]);
        var rates = new List<(double Share, double Rate)>();
        for (var share = 0.2; share < 1 + 1e-9; share += 0.05)
        {
            var inside = labels.Where(l => l.Rank >= 1 - share).ToList();
            // Half an error more than seen: none so far is not none ever.
            if (inside.Count > 0) rates.Add((Math.Min(1, share), (inside.Count(l => !l.Right) + 0.5) / (inside.Count + 1)));
        }
        var error = 1 - curve[^1].Accuracy.Value;
        for (var times = 1.0; times <= MostTimes; times *= 1.1)
        {
            var total = (int)Math.Ceiling(labels.Count * times);
            var factor = Factor(times);
            foreach (var (share, rate) in rates.OrderByDescending(r => r.Share))
            {
                var trials = (int)(total * share);
                if (trials > 0 && Math.Ceiling(rate * factor * trials - 1e-9) <= ClopperPearson.ErrorsAllowed(trials, precision, confidence))
                    return new AutomaticOutlook(total, share, 1 - error * factor);
            }
        }
        return new AutomaticOutlook(null, 0, 1 - error * Factor(MostTimes));

        static double Median(double[] values)
        {
            Array.Sort(values);
            return values[values.Length / 2];
        }
    }
}

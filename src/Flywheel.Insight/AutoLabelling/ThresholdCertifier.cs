using Flywheel.Insight.Drift;
using Flywheel.Insight.Metrics;

namespace Flywheel.Insight.AutoLabelling;

/// <summary>
/// Finds how many of a model's surest answers may be taken as labels. The shares of the images that are tested, and their order, are fixed
/// before a label is looked at: from a start share upwards, until the first one whose Clopper–Pearson bound misses the target. Fixed-sequence
/// testing (Maurer, Hothorn and Lehmacher 1995; Angelopoulos et al., "Learn then Test", 2021) pays nothing for the number of tests: the chance that the
/// accepted share is less precise than the target is at most 1 − confidence.
/// <para>The certifying labels must be of images drawn at random from those the answers are about. Given that, pictures of one subject or one film do
/// no harm: it is the drawing that makes the count binomial, not the pictures.</para>
/// </summary>
public static class ThresholdCertifier
{
    /// <summary>Distance of the shares tested.</summary>
    public const double Step = 0.025;

    /// <summary>Below this chance of such ranks the labelled images were not drawn at random.</summary>
    public const double NotRandom = 0.001;

    /// <summary>Errors the start share can bear if there are labels enough: one that bears none falls to a single odd image.</summary>
    const int ErrorsAtStart = 3;

    /// <summary>Certifies.</summary>
    /// <param name="labels">The certifying labels.</param>
    /// <param name="classes">Number of labels the model knows.</param>
    /// <param name="precision">Target, in 0..1 exclusive.</param>
    /// <param name="confidence">Chance of keeping the promise, in 0..1 exclusive.</param>
    /// <param name="others">
    /// Labels of chosen images, which are among those that the certifying ones were drawn from but need no automatic label. What is proven of all is then
    /// reckoned back to the rest: the known errors among the chosen ones are taken off the errors there may be, and they off the images.
    /// </param>
    /// <param name="images">Images without a label of people; only needed with others.</param>
    public static Certification Certify(IReadOnlyList<CertifyingLabel> labels, int classes, double precision, double confidence, IReadOnlyList<CertifyingLabel>? others = null, int images = 0)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (!(precision is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(precision), precision, "A precision is between 0 and 1.");
        if (!(confidence is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence is between 0 and 1.");
        var fewest = ClopperPearson.TrialsNeeded(precision, confidence)!.Value;
        var result = new Certification
        {
            Precision = precision,
            Confidence = confidence,
            Labels = labels.Count,
            Accepted = null,
            Steps = [],
            FewestLabels = fewest,
            RandomnessP = Uniformity([.. labels.Select(l => l.Rank)]),
        };
        var steps = new List<CertificationStep>();
        if (Start(labels.Count, precision, confidence) is { } start)
        {
            foreach (var share in Shares(start))
            {
                var step = Test(share);
                steps.Add(step);
                if (step.Bound < precision) break;
            }
        }
        var accepted = steps.LastOrDefault(s => s.Bound >= precision);
        if (accepted is not null)
        {
            var inside = Inside(accepted.Share);
            return result with
            {
                Accepted = accepted,
                Steps = steps,
                Classes = [.. Enumerable.Range(0, classes).Select(c => inside.Where(l => l.Predicted == c).ToList()).Select(own => Count(accepted.Share, own))],
            };
        }
        var (needed, then) = Needed();
        return result with { Steps = steps, LabelsNeeded = needed, ShareThen = then };

        List<CertifyingLabel> Inside(double share) => [.. labels.Where(l => l.Rank >= 1 - share)];

        CertificationStep Test(double share)
        {
            var step = Count(share, Inside(share));
            if (others is not { Count: > 0 }) return step;
            var known = others.Where(l => l.Rank >= 1 - share).ToList();
            var all = share * (images + others.Count);
            if (all - known.Count < 1) return step;
            var wrong = Math.Max(0, (1 - step.Bound) * all - known.Count(l => !l.Right));
            return step with { Bound = Math.Max(0, 1 - wrong / (all - known.Count)) };
        }

        CertificationStep Count(double share, List<CertifyingLabel> own)
        {
            var errors = own.Count(l => !l.Right);
            return new CertificationStep(share, own.Count, errors, own.Count == 0 ? 0 : ClopperPearson.Lower(own.Count - errors, own.Count, confidence));
        }

        // The share for which people would have to label least. A share's error rate is not believed to be smaller than one error in as many labels as
        // it has and its bound needs: "none so far" is not "none ever".
        (int?, double?) Needed()
        {
            (int Total, double Share)? best = null;
            for (var share = 0.1; share < 1 + 1e-9; share += Step)
            {
                var inside = Inside(share);
                double errors = inside.Count(l => !l.Right);
                var rate = errors > 0 ? errors / inside.Count : 0;
                if (ClopperPearson.TrialsNeeded(precision, confidence, rate) is not { } trials) continue;
                var total = (int)Math.Ceiling(trials / Math.Min(1, share));
                if (total > labels.Count && (best is null || total <= best.Value.Total)) best = (total, Math.Min(1, share));
            }
            return best is { } b ? (b.Total, b.Share) : (null, null);
        }
    }

    /// <summary>The share the tests start from: the smallest that can be expected to hold labels enough to bear a few errors; null if all labels are too few to prove anything.</summary>
    public static double? Start(int labels, double precision, double confidence)
    {
        for (var bears = ErrorsAtStart; bears >= 0; bears--)
        {
            if (!Bears(1)) continue;
            return Shares(0.1).First(Bears);

            bool Bears(double share) => (int)Math.Floor(labels * share + 1e-9) is var n && n >= bears && ClopperPearson.Proves(n - bears, n, precision, confidence);
        }
        return null;
    }

    static IEnumerable<double> Shares(double from)
    {
        for (var k = (int)Math.Round(from / Step); k <= (int)Math.Round(1 / Step); k++) yield return k * Step;
    }

    /// <summary>Kolmogorov and Smirnov's test of evenly spread ranks, with Stephens' correction for few of them.</summary>
    static double Uniformity(double[] ranks)
    {
        if (ranks.Length == 0) return 1;
        Array.Sort(ranks);
        double n = ranks.Length, largest = 0;
        for (var i = 0; i < ranks.Length; i++) largest = Math.Max(largest, Math.Max((i + 1) / n - ranks[i], ranks[i] - i / n));
        return KolmogorovSmirnov.Limit(largest * (Math.Sqrt(n) + 0.12 + 0.11 / Math.Sqrt(n)));
    }
}

namespace Flywheel.Insight.Decisions;

/// <summary>
/// What the evidence says of the present error rate, its growth and what labels would do about it, as weighted draws. The same seed gives
/// the same draws, and they move smoothly with the evidence, so that two decisions can be compared.
/// </summary>
sealed class Belief
{
    public const int Draws = 256;

    /// <summary>How much the error rate rose since publication, before anything was measured: a little by chance and age, or much by a shift.</summary>
    const double Little = 0.01, LittlePerYear = 0.03, Much = 0.08;
    /// <summary>Probability of a shift: no drift found, not looked for, found faintly, found clearly.</summary>
    const double ShiftWithout = 0.08, ShiftUnknown = 0.25, ShiftFaint = 0.3, ShiftClear = 0.9;
    /// <summary>Random labels at which an estimate corrected by them is half free of the optimism of label-free estimates.</summary>
    const double HalfAudit = 20;
    /// <summary>Share of a rise in error that a label-free estimate may fail to see: each as likely.</summary>
    static readonly double[] s_unseen = [0, 0.2, 0.4, 0.6, 0.8];
    /// <summary>Spread of the growth of error per day around half of what it rose since publication.</summary>
    const double GrowthSpread = 2e-4;
    const double FewestDays = 30;
    const double SmallestError = 0.0005, LargestError = 0.98;

    /// <summary>Weight of each draw; they sum to one.</summary>
    public double[] Weight { get; } = new double[Draws];
    /// <summary>Learning curves.</summary>
    public CurveDraw[] Curve { get; private init; } = [];
    /// <summary>Error rate on production now.</summary>
    public double[] Now { get; } = new double[Draws];
    /// <summary>Its growth per day, at least 0.</summary>
    public double[] Growth { get; } = new double[Draws];
    /// <summary>Share of the expected gain that a training really brings.</summary>
    public double[] Yield { get; private init; } = [];
    /// <summary>Chance of one training, standard normal.</summary>
    public double[] Luck { get; private init; } = [];

    public static Belief Of(RetrainingEvidence evidence, int trainingLabels, long seed)
    {
        var points = evidence.Curve.ToList();
        if (evidence.PublishedAccuracy is { } published && points.All(p => p.Labels != trainingLabels)) points.Add(new LearningPoint(trainingLabels, published));
        var belief = new Belief
        {
            Curve = LearningCurve.Fit(trainingLabels, points).Draw(Draws, new SeededRandom(seed, 1)),
            Yield = Yields(evidence.PastGains, Standard.Normals(Draws, new SeededRandom(seed, 2))),
            Luck = Standard.Normals(Draws, new SeededRandom(seed, 3)),
        };
        belief.Place(evidence, Standard.Uniforms(Draws, new SeededRandom(seed, 4)), Standard.Normals(Draws, new SeededRandom(seed, 5)));
        return belief;
    }

    /// <summary>The weighted mean of a figure over the draws.</summary>
    public double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        for (var s = 0; s < Draws; s++) sum += Weight[s] * values[s];
        return sum;
    }

    /// <summary>The weighted mean with the central 95 % of the draws.</summary>
    public Metric Describe(string name, double[] values, int n)
    {
        var order = Enumerable.Range(0, Draws).OrderBy(s => values[s]).ToArray();
        double Quantile(double q)
        {
            double sum = 0;
            foreach (var s in order)
                if ((sum += Weight[s]) >= q) return values[s];
            return values[order[^1]];
        }
        return new Metric(name, Mean(values), Quantile(0.025), Quantile(0.975), n, "Posterior");
    }

    // The rise x of the error rate since publication has a prior of two parts (a normal around 0, an exponential) and the likelihood of the
    // present estimate; it is drawn from a grid for each published error rate, which is weighted by how well it goes with the estimate.
    void Place(RetrainingEvidence evidence, double[] uniform, double[] normal)
    {
        const int Cells = 80;
        var rise = new double[Cells + 1];
        for (var k = 0; k <= Cells; k++) rise[k] = -0.05 + 0.85 * Math.Pow(k / (double)Cells, 2);
        var years = Math.Max(0, evidence.Age.TotalDays) / 365;
        var spread = Little + LittlePerYear * years;
        var shift = evidence.Drift switch { null => ShiftUnknown, false => ShiftWithout, true => ShiftFaint + (ShiftClear - ShiftFaint) * Math.Clamp(evidence.DriftStrength, 0, 1) };
        var prior = rise.Select(x => (1 - shift) * Math.Exp(-0.5 * x * x / (spread * spread)) / (spread * Math.Sqrt(2 * Math.PI)) + (x > 0 ? shift * Math.Exp(-x / Much) / Much : 0)).ToArray();

        var (estimate, deviation) = evidence.Accuracy is { } now ? (1 - now.Value, Math.Max(0.004, LearningCurve.Deviation(now))) : (double.NaN, 1);
        var blind = evidence.Calibrated ? 0 : HalfAudit / (HalfAudit + evidence.Audited);
        var known = evidence.Slices.Sum(s => s.Share * s.ErrorRate);
        double trendValue = 0, trendPrecision = 0;
        if (evidence.Trend is { } trend && double.IsFinite(trend.Value))
        {
            trendValue = -trend.Value;
            trendPrecision = 1 / Math.Pow(Math.Max(2e-5, (trend.High - trend.Low) / (2 * Metrics.Intervals.Z95)), 2);
        }

        var density = new double[Cells + 1];
        double total = 0;
        for (var s = 0; s < Draws; s++)
        {
            var published = Curve[s].Error;
            for (var k = 0; k <= Cells; k++)
            {
                double likelihood = 1;
                if (double.IsFinite(estimate))
                {
                    likelihood = 0;
                    foreach (var unseen in s_unseen)
                    {
                        var off = (estimate - published - (1 - unseen * blind) * rise[k]) / deviation;
                        likelihood += Math.Exp(-0.5 * off * off);
                    }
                    // Far from everything believed: keep the order, lose no draw.
                    likelihood += 1e-12 / (1 + Math.Abs(estimate - published - rise[k]));
                }
                density[k] = prior[k] * likelihood;
            }
            double mass = 0;
            for (var k = 0; k < Cells; k++) mass += 0.5 * (density[k] + density[k + 1]) * (rise[k + 1] - rise[k]);
            double target = uniform[s] * mass, reached = 0;
            var x = rise[^1];
            for (var k = 0; k < Cells; k++)
            {
                var part = 0.5 * (density[k] + density[k + 1]) * (rise[k + 1] - rise[k]);
                if (reached + part >= target)
                {
                    x = rise[k] + (rise[k + 1] - rise[k]) * (part > 0 ? (target - reached) / part : 0.5);
                    break;
                }
                reached += part;
            }
            Weight[s] = mass;
            total += mass;
            Now[s] = Math.Clamp(Math.Max(published + x, known), SmallestError, LargestError);
            var precision = 1 / (GrowthSpread * GrowthSpread);
            var expected = 0.5 * Math.Max(0, x) / Math.Max(FewestDays, evidence.Age.TotalDays);
            Growth[s] = Math.Max(0, (precision * expected + trendPrecision * trendValue) / (precision + trendPrecision) + normal[s] / Math.Sqrt(precision + trendPrecision));
        }
        for (var s = 0; s < Draws; s++) Weight[s] = total > 0 ? Weight[s] / total : 1.0 / Draws;
    }

    // Measured over expected gains, each as exact as its intervals; a prior of 1 ± 0.5.
    static double[] Yields(IReadOnlyList<PastGain> past, double[] normal)
    {
        double precision = 1 / 0.25, sum = precision;
        foreach (var gain in past)
        {
            var variance = Math.Pow(LearningCurve.Deviation(gain.Measured), 2);
            precision += gain.Expected.Value * gain.Expected.Value / variance;
            sum += gain.Expected.Value * gain.Measured.Value / variance;
        }
        var (mean, deviation) = (sum / precision, 1 / Math.Sqrt(precision));
        return [.. normal.Select(z => Math.Clamp(mean + deviation * z, 0, 2))];
    }
}

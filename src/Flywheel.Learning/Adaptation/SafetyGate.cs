using System.Globalization;
using Flywheel.Learning.Training;

namespace Flywheel.Learning.Adaptation;

/// <summary>Decides whether self-training may begin and whether its result is kept: only where the evidence says that it does no harm.</summary>
sealed class SafetyGate
{
    /// <summary>Logits [n × classes] of validation, the unlabelled set, the random labelled sample and the audited images.</summary>
    public sealed record Evidence(float[]? Validation, float[] Pool, float[]? Sample, float[]? Audit = null);

    const double MaxDrop = 0.02, Certainty = 1.645, MinCoverage = 0.5, MinShare = 0.25, Significance = 0.1;

    readonly int _classes;
    readonly IReadOnlyList<string> _names;
    readonly Evidence _before;
    readonly IReadOnlyList<int>? _groups;
    readonly IReadOnlyList<int>? _validation;
    readonly IReadOnlyList<int>? _sample;
    readonly IReadOnlyList<int>? _audit;
    readonly IReadOnlyList<double> _auditWeights;

    public SafetyGate(int classes, IReadOnlyList<string> names, Evidence before, IReadOnlyList<int>? validation, IReadOnlyList<int>? sample, IReadOnlyList<int>? groups = null,
        IReadOnlyList<int>? audit = null, IReadOnlyList<double>? auditWeights = null)
    {
        _classes = classes;
        _names = names;
        _before = before;
        _groups = groups;
        _validation = before.Validation is null ? null : validation;
        _sample = before.Sample is null || sample is null || sample.Count < PriorEstimate.MinSample ? null : sample;
        _audit = before.Audit is null || audit is null || audit.Count < PriorEstimate.MinSample ? null : audit;
        _auditWeights = auditWeights ?? [];
    }

    int PoolSize => _before.Pool.Length / _classes;

    double[] Uniform => [.. Enumerable.Repeat(1.0 / _classes, _classes)];

    /// <summary>
    /// The class prior of the unlabelled set, and how it was come by. The likelihood's estimate is the sharper one; a random sample
    /// checks it, and is taken instead when its 95 % intervals (Wilson) contradict it.
    /// </summary>
    public (double[] Prior, string Method) Prior()
    {
        var temperature = _validation is { } v && v.Count >= PriorEstimate.MinSample ? Scores.Temperature(_before.Validation!, v, _classes) : 1;
        var estimate = PriorEstimate.ByLikelihood(_before.Pool, temperature, Uniform);
        if (_sample is { } s)
        {
            for (var c = 0; c < _classes; c++)
            {
                var (low, high) = Wilson(s.Count(l => l == c), s.Count);
                if (estimate[c] < low || estimate[c] > high) return (PriorEstimate.FromSample(s, _classes), "LabelledSample");
            }
        }
        return (estimate, "MaximumLikelihood");
    }

    static (double Low, double High) Wilson(double hits, double n)
    {
        const double z = 1.959963984540054;
        double p = hits / n, centre = (p + z * z / (2 * n)) / (1 + z * z / n), half = z / (1 + z * z / n) * Math.Sqrt(p * (1 - p) / n + z * z / (4 * n * n));
        return (centre - half, centre + half);
    }

    /// <summary>Why self-training must not begin, or null.</summary>
    public string? Refusal()
    {
        var chance = 1.0 / _classes;
        if (_validation is { } v)
        {
            var balanced = Scores.BalancedAccuracy(_before.Validation!, v, _classes);
            if (balanced < chance + 0.3 * (1 - chance))
                return Text($"on validation the model is near chance (balanced accuracy {balanced:P1}); it would teach itself its own mistakes.");
        }
        if (_sample is { } s)
        {
            var balanced = Scores.BalancedAccuracy(_before.Sample!, s, _classes);
            if (balanced < chance + 0.15 * (1 - chance))
                return Text($"on the {s.Count} labelled random images of production the model is near chance (balanced accuracy {balanced:P1}); it would teach itself its own mistakes.");
        }
        return PoolSize < 32 ? $"{PoolSize} unlabelled images are too few; at least 32 are needed." : null;
    }

    /// <summary>Keeps or drops the adapted weights.</summary>
    public (bool Kept, string Reason) Judge(Evidence after, IReadOnlyList<double> prior, double coverage)
    {
        if (coverage < MinCoverage)
            return (false, Text($"the model was sure of only {coverage:P0} of the unlabelled images; {MinCoverage:P0} are needed."));
        var shares = Shares(after.Pool);
        for (var c = 0; c < _classes; c++)
            if (shares[c] < MinShare * prior[c])
                return (false, Text($"the adapted model calls only {shares[c]:P1} of the unlabelled images '{_names[c]}', where about {prior[c]:P1} are expected."));

        var said = new List<string>();
        if (_validation is { } v)
        {
            var (drop, error) = Drop(_before.Validation!, after.Validation!, v);
            if (drop - Certainty * error > MaxDrop)
                return (false, Text($"balanced accuracy on the source's validation fell by {100 * drop:0.0} points (standard error {100 * error:0.0}); {100 * MaxDrop:0} are allowed."));
            said.Add(Text($"balanced accuracy on the source's validation changed by {-100 * drop:+0.0;-0.0;0.0} points (standard error {100 * error:0.0})"));
        }
        if (_sample is { } s)
        {
            var changes = Changes(_before.Sample!, after.Sample!, s);
            int worse = changes.Count(c => c < 0), better = changes.Count(c => c > 0);
            if (worse > better && AtLeast(worse, worse + better) < Significance)
                return (false, $"of {s.Count} labelled random images of production, {worse} became wrong and {better} right.");
            said.Add($"of {s.Count} labelled random images of production, {better} became right and {worse} wrong");
        }
        if (_audit is { } a)
        {
            var changes = Changes(_before.Audit!, after.Audit!, a);
            var text = $"of {a.Count} audited images of production, {changes.Count(c => c > 0)} became right and {changes.Count(c => c < 0)} wrong";
            if (Harms([.. changes.Select((c, i) => c * _auditWeights[i]).Where(c => c != 0)]) < Significance) return (false, text + ".");
            said.Add(text);
        }
        said.Add(Text($"{coverage:P0} of the unlabelled images had a sure pseudo-label"));
        if (_validation is null && _sample is null && _audit is null) said.Add("there were no validation images to judge by");
        var reason = string.Join("; ", said);
        return (true, char.ToUpperInvariant(reason[0]) + reason[1..] + ".");
    }

    public AdaptationReport Report(IReadOnlyList<double> prior, string method, double coverage, bool kept, string reason) => new()
    {
        Images = PoolSize,
        EstimatedPrior = Enumerable.Range(0, _classes).ToDictionary(c => _names[c], c => prior[c]),
        PriorMethod = method,
        Coverage = coverage,
        Kept = kept,
        Reason = char.ToUpperInvariant(reason[0]) + reason[1..],
    };

    double[] Shares(float[] logits)
    {
        var shares = new double[_classes];
        var n = logits.Length / _classes;
        for (var i = 0; i < n; i++) shares[Scores.ArgMax(logits.AsSpan(i * _classes, _classes))] += 1.0 / n;
        return shares;
    }

    // Paired: the same pictures before and after. The error comes from leaving out one group (or picture) at a time (Efron and Tibshirani 1993, ch. 11).
    (double Drop, double Error) Drop(float[] before, float[] after, IReadOnlyList<int> labels)
    {
        var grouped = _groups is { } given && given.Count == labels.Count && given.Distinct().Count() > 1;
        var count = grouped ? _groups!.Max() + 1 : labels.Count;
        var sum = new double[count, _classes];
        var all = new double[count, _classes];
        double[] sums = new double[_classes], totals = new double[_classes];
        for (var i = 0; i < labels.Count; i++)
        {
            var change = (Right(before, i) ? 1 : 0) - (Right(after, i) ? 1 : 0);
            var g = grouped ? _groups![i] : i;
            sum[g, labels[i]] += change;
            all[g, labels[i]]++;
            sums[labels[i]] += change;
            totals[labels[i]]++;
        }
        var without = new double[count];
        for (var g = 0; g < count; g++) without[g] = Mean(c => sums[c] - sum[g, c], c => totals[c] - all[g, c]);
        var average = without.Average();
        return (Mean(c => sums[c], c => totals[c]), Math.Sqrt((count - 1.0) / count * without.Sum(w => (w - average) * (w - average))));

        bool Right(float[] logits, int i) => Scores.ArgMax(logits.AsSpan(i * _classes, _classes)) == labels[i];

        double Mean(Func<int, double> of, Func<int, double> n)
        {
            double total = 0;
            var present = 0;
            for (var c = 0; c < _classes; c++)
            {
                if (n(c) <= 0) continue;
                total += of(c) / n(c);
                present++;
            }
            return present == 0 ? 0 : total / present;
        }
    }

    // +1 for an image that became right, −1 for one that became wrong.
    int[] Changes(float[] before, float[] after, IReadOnlyList<int> truth) =>
        [.. truth.Select((t, i) => (Scores.ArgMax(after.AsSpan(i * _classes, _classes)) == t ? 1 : 0) - (Scores.ArgMax(before.AsSpan(i * _classes, _classes)) == t ? 1 : 0))];

    // One-sided sign-flip test (Fisher 1935, § 21) of weighted changes: how often chance alone brings a sum as bad.
    static double Harms(double[] changes)
    {
        const int draws = 10_000;
        var sum = changes.Sum();
        if (sum >= 0) return 1;
        var random = new SeededRandom(1, changes.Length);
        var asBad = 1;
        for (var draw = 0; draw < draws; draw++)
        {
            double flipped = 0;
            foreach (var c in changes) flipped += random.Next(2) == 0 ? c : -c;
            if (flipped <= sum + 1e-9) asBad++;
        }
        return asBad / (draws + 1.0);
    }

    // One-sided exact sign test: chance of at least so many of n fair coins.
    static double AtLeast(int k, int n)
    {
        double term = Math.Pow(0.5, n), sum = 0;
        for (var i = 0; i <= n; i++)
        {
            if (i >= k) sum += term;
            term *= (double)(n - i) / (i + 1);
        }
        return sum;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

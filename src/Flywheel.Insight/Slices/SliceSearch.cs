using System.Numerics;

namespace Flywheel.Insight.Slices;

/// <summary>
/// Seeks, in one half, the list of conjunctions that together explain the errors best. An image belongs to the first conjunction of the list that
/// holds for it; the worth of a list is the log-likelihood ratio of an error rate for each against one rate for all, over the dispersion of the
/// errors, less the price of saying it (a probabilistic rule list by minimum description length; Proença et al., Data Min. Knowl. Discov. 2022).
/// It grows by one, found level by level through the lattice without what has too few images or could not beat the best so far even with all its
/// errors in the fewest images allowed; then the list is improved as a whole, for a conjunction that covers two cases scores well only until both
/// are said.
/// </summary>
sealed class SliceSearch
{
    /// <summary>Most conjunctions of a level that are extended; the most promising are. Reached only where many errors are spread thin.</summary>
    const int MostParents = 4000;

    /// <summary>What each condition after the first must gain beyond its price, nats: an e-to-this-fold surer than chance.</summary>
    const double Margin = 2;

    /// <summary>What a condition must gain for each tier its column is behind the first, nats.</summary>
    const double TierPrice = 4;

    /// <summary>Most improvements of one list; a guard, not met in practice.</summary>
    const int MostSteps = 100;

    /// <summary>Partings of one conjunction into two that are looked at closely.</summary>
    const int PartingsTried = 4;

    const double Gain = 1e-6;

    readonly IReadOnlyList<Literal> _literals;
    readonly SliceOptions _options;
    readonly int _least;
    readonly ulong[][] _planes;
    readonly double[] _weights;
    readonly double[] _errors;
    readonly Func<IEnumerable<int>, double> _designEffect;
    readonly Dictionary<(int, int, int), double> _effects = [];
    readonly double _total;
    readonly ulong[] _all;
    readonly ulong[] _own, _left;

    int[] _usable = [];
    double _dispersion = 1;
    int _fixed; // the first so many of the list are not touched

    /// <param name="literals">The conditions.</param>
    /// <param name="errors">Error of each image of the half, 0..1.</param>
    /// <param name="least">Fewest images of a slice.</param>
    /// <param name="designEffect">Design effect of groups in a set of images of the half.</param>
    /// <param name="options">How to search.</param>
    public SliceSearch(IReadOnlyList<Literal> literals, double[] errors, int least, Func<IEnumerable<int>, double> designEffect, SliceOptions options)
    {
        (_literals, _errors, _least, _designEffect, _options) = (literals, errors, least, designEffect, options);
        _total = errors.Sum();
        var words = (errors.Length + 63) / 64;
        (_all, _own, _left) = (new ulong[words], new ulong[words], new ulong[words]);
        for (var i = 0; i < errors.Length; i++) _all[i >> 6] |= 1UL << i;
        // Errors as bit planes, so that the errors of a set are counted by words: one plane for 0 and 1, eight for 1/255 steps.
        var whole = errors.All(e => e is 0 or 1);
        _planes = new ulong[whole ? 1 : 8][];
        _weights = [.. Enumerable.Range(0, _planes.Length).Select(b => whole ? 1.0 : (1 << b) / 255.0)];
        for (var b = 0; b < _planes.Length; b++)
        {
            _planes[b] = new ulong[words];
            for (var i = 0; i < errors.Length; i++)
                if (((int)Math.Round(errors[i] * (whole ? 1 : 255)) >> b & 1) != 0) _planes[b][i >> 6] |= 1UL << i;
        }
    }

    /// <summary>A conjunction, its literals ascending, with its images in the half.</summary>
    sealed record Rule(int[] Literals, ulong[] Images, double Price, double Effect);

    /// <summary>Worth of the first conjunctions of a list, the least of their rates, and the images they leave.</summary>
    sealed record Head(ulong[] Rest, int Count, double Errors, double Worth, double LeastRate);

    /// <summary>The list, each conjunction as ascending literals. Columns of a later tier are asked only once those before say no more.</summary>
    public IReadOnlyList<int[]> Find(CancellationToken token)
    {
        List<Rule> rules = [];
        foreach (var tier in _literals.Select(l => l.Tier).Distinct().Order())
        {
            _usable = [.. Enumerable.Range(0, _literals.Count).Where(l => _literals[l].Tier <= tier)];
            // What has a name is not named anew by a look.
            _fixed = _literals.Any(l => l.Tier == tier && l.Look) ? rules.Count : 0;
            rules = Improve(rules, token);
            for (var round = 0; round < _options.Slices && rules.Count < _options.Slices; round++)
            {
                _dispersion = Dispersion(rules);
                if (Best(Rest(rules), token) is not { } added) break;
                rules = Improve([.. rules, Of(added)], token);
            }
        }
        return [.. rules.Select(r => r.Literals)];
    }

    Rule Of(int[] literals)
    {
        ulong[] images = [.. _all];
        foreach (var l in literals) And(images, _literals[l].Bits);
        return new Rule(literals, images, Price(literals), Effect(literals));
    }

    /// <summary>
    /// Design effect of groups in the images of a conjunction: what is told by a few people's pictures counts less. Infinite if its images as a whole do
    /// not fail more than all others: what is only true of what earlier conjunctions leave is no condition to name.
    /// </summary>
    double Effect(int[] literals)
    {
        var key = (literals[0], literals.Length > 1 ? literals[1] : -1, literals.Length > 2 ? literals[2] : -1);
        if (_effects.TryGetValue(key, out var effect)) return effect;
        ulong[] images = [.. _literals[literals[0]].Bits];
        foreach (var l in literals.Skip(1)) And(images, _literals[l].Bits);
        int count = Count(images), others = _errors.Length - count;
        var errors = Sum(images);
        var fails = others > 0 && errors * others >= _options.MinLift * (_total - errors) * count;
        return _effects[key] = fails ? _designEffect(Rows(images)) : double.PositiveInfinity;
    }

    double Price(int[] literals) => literals.Sum(l => _literals[l].Price + TierPrice * _literals[l].Tier) + Margin * (literals.Length - 1);

    ulong[] Rest(List<Rule> rules)
    {
        ulong[] rest = [.. _all];
        foreach (var rule in rules)
            for (var w = 0; w < rest.Length; w++) rest[w] &= ~rule.Images[w];
        return rest;
    }

    /// <summary>Variance of the errors about the rates of a list over that of zeros and ones: 1 for known errors.</summary>
    double Dispersion(List<Rule> rules)
    {
        if (_planes.Length == 1) return 1;
        ulong[] rest = [.. _all];
        double squares = 0, binomial = 0;
        foreach (var images in rules.Select(r => r.Images).Append(_all))
        {
            var n = Intersect(rest, images, _own);
            if (n == 0) continue;
            var rate = Sum(_own) / n;
            foreach (var i in Rows(_own)) squares += (_errors[i] - rate) * (_errors[i] - rate);
            binomial += n * rate * (1 - rate);
            for (var w = 0; w < rest.Length; w++) rest[w] &= ~images[w];
        }
        return binomial <= 0 ? 1 : Math.Max(1e-6, squares / binomial);
    }

    /// <summary>The best conjunction among some images, or null if none explains more than it costs to say.</summary>
    int[]? Best(ulong[] among, CancellationToken token)
    {
        var n = Count(among);
        var k = Sum(among);
        if (n < 2 * _least || k <= 0 || _usable.Length == 0) return null;
        int[]? best = null;
        double most = 0;
        var cheapest = _usable.Min(l => Price([l]));
        var parents = Judge(_usable.Select(l => new[] { l }));
        int[] singles = [.. parents.Select(s => s[0]).Order()];
        for (var level = 2; level <= 3 && parents.Count > 0; level++)
            parents = Judge(parents.SelectMany(p => singles.Where(l => l > p[^1]).Select(l => (int[])[.. p, l]).Where(MayJoin)));
        return best;

        // Scores conjunctions and gives those worth extending.
        List<int[]> Judge(IEnumerable<int[]> candidates)
        {
            var open = new List<(int[] Literals, double Bound)>();
            int[]? parent = null;
            var ofParent = new ulong[among.Length];
            var seen = 0;
            foreach (var candidate in candidates)
            {
                if ((++seen & 1023) == 0) token.ThrowIfCancellationRequested();
                if (parent is null || !parent.AsSpan().SequenceEqual(candidate.AsSpan(0, candidate.Length - 1)))
                {
                    parent = candidate[..^1];
                    among.CopyTo(ofParent, 0);
                    foreach (var l in parent) And(ofParent, _literals[l].Bits);
                }
                var support = Intersect(ofParent, _literals[candidate[^1]].Bits, _own);
                if (support < _least || support > n - _least) continue;
                var errors = Sum(_own);
                var price = Price(candidate);
                if (Score(errors, support, price, 1) > most + Gain && Score(errors, support, price, Effect(candidate)) is var score && score > most + Gain) (most, best) = (score, candidate);
                var bound = Score(errors, Math.Max(_least, (int)Math.Ceiling(errors)), price + cheapest + Margin, 1);
                if (bound > most) open.Add((candidate, bound));
            }
            return [.. open.Where(o => o.Bound > most).OrderByDescending(o => o.Bound).Take(MostParents).Select(o => o.Literals)];
        }

        double Score(double errors, int support, double price, double effect)
        {
            double inside = errors / support, outside = (k - errors) / (n - support);
            if (inside < _options.MinLift * outside || inside <= outside) return double.NegativeInfinity;
            if (_options.Score == SliceScore.SliceLine) return 0.95 * (inside / (k / n) - 1) - 0.05 * ((double)n / support - 1);
            return Parted(k, n, errors, support) / effect - price;
        }
    }

    /// <summary>Small moves as long as they gain, then larger ones, each settled by small ones before it is judged.</summary>
    List<Rule> Improve(List<Rule> rules, CancellationToken token)
    {
        if (_options.Score != SliceScore.Evidence || rules.Count == 0) return rules;
        rules = Settle(rules, token);
        for (var step = 0; step < MostSteps; step++)
        {
            var most = Worth(rules) + Gain;
            List<Rule>? better = null;
            foreach (var larger in Enumerable.Range(_fixed, rules.Count - _fixed).SelectMany(at => Partings(rules, at, token).Prepend([.. rules.Where((_, i) => i != at)])))
                if (Settle(larger, token) is var settled && Worth(settled) is var worth && worth > most) (most, better) = (worth, settled);
            if (better is null) return rules;
            rules = better;
        }
        return rules;
    }

    /// <summary>Leaves a conjunction out, swaps neighbours, or drops, adds or replaces one condition, whatever gains most, until nothing does.</summary>
    List<Rule> Settle(List<Rule> rules, CancellationToken token)
    {
        for (var step = 0; step < MostSteps; step++)
        {
            token.ThrowIfCancellationRequested();
            var most = Worth(rules) + Gain;
            List<Rule>? better = null;
            for (var at = _fixed; at < rules.Count; at++)
            {
                List<Rule> before = rules[..at], after = rules[(at + 1)..];
                Consider([.. before, .. after]);
                if (after.Count > 0) Consider([.. before, after[0], rules[at], .. after[1..]]);
                if (HeadOf(before) is not { } head) continue;
                foreach (var literals in Variants(rules[at].Literals, true))
                    if (Worth(head, literals, after, most) is var worth && worth > most) (most, better) = (worth, [.. before, Of(literals), .. after]);
            }
            if (better is null) return rules;
            rules = better;

            void Consider(List<Rule> candidate)
            {
                if (Worth(candidate) is var worth && worth > most) (most, better) = (worth, candidate);
            }
        }
        return rules;
    }

    /// <summary>
    /// Lists in which two conjunctions, each sharing conditions with the one at a place, stand instead of it: the most valuable, though they may be worth
    /// less than it until settled.
    /// </summary>
    List<List<Rule>> Partings(List<Rule> rules, int at, CancellationToken token)
    {
        List<Rule> before = rules[..at], after = rules[(at + 1)..];
        if (HeadOf(before) is not { } head) return [];
        int[][] variants = [.. Variants(rules[at].Literals, false)];
        // The most promising first part for each way of saying it: the same columns and sides, whatever the bounds.
        var firsts = variants.Select(v => (Literals: v, Worth: Worth(head, v, []))).Where(v => v.Worth > double.NegativeInfinity)
            .GroupBy(v => string.Join(' ', v.Literals.Select(l => (_literals[l].Column, _literals[l].Condition.Above is null, _literals[l].Condition.Value))))
            .Select(g => g.MaxBy(v => v.Worth).Literals).ToList();
        var found = new List<(int[] First, int[] Second, double Worth)>();
        foreach (var first in firsts)
        {
            token.ThrowIfCancellationRequested();
            if (HeadOf([.. before, Of(first)]) is not { } both) continue;
            (int[] Literals, double Worth) best = ([], double.NegativeInfinity);
            foreach (var second in variants)
                if (Worth(both, second, after, best.Worth) is var worth && worth > best.Worth) best = (second, worth);
            if (best.Literals.Length > 0) found.Add((first, best.Literals, best.Worth));
        }
        return [.. found.OrderByDescending(f => f.Worth).Take(PartingsTried).Select(f => (List<Rule>)[.. before, Of(f.First), Of(f.Second), .. after])];
    }

    /// <summary>What one condition dropped, added or replaced makes of a conjunction; with all dropped but one, too, unless only neighbours are asked for.</summary>
    IEnumerable<int[]> Variants(int[] literals, bool neighbours)
    {
        var stems = Enumerable.Range(0, 1 << literals.Length).Select(mask => literals.Where((_, i) => (mask >> i & 1) != 0).ToArray())
            .Where(stem => !neighbours || stem.Length >= literals.Length - 1).ToList();
        foreach (var stem in stems)
        {
            if (stem.Length > 0 && stem.Length < literals.Length) yield return stem;
            foreach (var l in _usable)
            {
                if (stem.Contains(l) || stem.Length == 3) continue;
                int[] added = [.. stem, l];
                Array.Sort(added);
                if (MayJoin(added)) yield return added;
            }
        }
    }

    /// <summary>The figures of a list without an end; null if one of it has too few images of its own.</summary>
    Head? HeadOf(List<Rule> rules)
    {
        var head = new Head([.. _all], _errors.Length, Sum(_all), 0, double.PositiveInfinity);
        foreach (var rule in rules)
        {
            var support = Intersect(head.Rest, rule.Images, _own);
            if (support < _least || head.Count - support < _least || double.IsInfinity(rule.Effect)) return null;
            var errors = Sum(_own);
            head = new Head([.. head.Rest.Select((w, i) => w & ~_own[i])], head.Count - support, head.Errors - errors,
                head.Worth + Parted(head.Errors, head.Count, errors, support) / rule.Effect - rule.Price, Math.Min(head.LeastRate, errors / support));
        }
        return head;
    }

    double Worth(List<Rule> rules) => rules.Count == 0 ? 0 : HeadOf(rules[..^1]) is { } head ? Worth(head, rules[^1].Literals, []) : double.NegativeInfinity;

    /// <summary>
    /// Worth of a list, nats: its head, one conjunction, and those after it; −∞ if one has too few images of its own or fails too little more than
    /// the rest, or if it is not above a floor.
    /// </summary>
    double Worth(Head head, int[] literals, List<Rule> after, double floor = double.NegativeInfinity)
    {
        head.Rest.CopyTo(_left, 0);
        double n = head.Count, k = head.Errors, worth = head.Worth, least = head.LeastRate, first = 0;
        for (var a = -1; a < after.Count; a++)
        {
            int support;
            if (a >= 0)
            {
                support = Intersect(_left, after[a].Images, _own);
            }
            else
            {
                support = Intersect(_left, _literals[literals[0]].Bits, _own);
                for (var l = 1; l < literals.Length; l++) support = Intersect(_own, _literals[literals[l]].Bits, _own);
            }
            if (support < _least || n - support < _least) return double.NegativeInfinity;
            var errors = Sum(_own);
            var gain = Parted(k, n, errors, support);
            if (a >= 0) worth += gain / after[a].Effect - after[a].Price;
            else first = gain;
            least = Math.Min(least, errors / support);
            (n, k) = (n - support, k - errors);
            for (var w = 0; w < _left.Length; w++) _left[w] &= ~_own[w];
        }
        if (least <= k / n || least < _options.MinLift * k / n) return double.NegativeInfinity;
        worth -= Price(literals);
        // The design effect is only counted where it can matter: it is never below 1.
        if (worth + first <= floor || Effect(literals) is var effect && double.IsInfinity(effect)) return double.NegativeInfinity;
        return worth + first / effect;
    }

    /// <summary>Log-likelihood gained by giving some of the images a rate of their own, over the dispersion.</summary>
    double Parted(double k, double n, double errors, int support) =>
        (Likelihood(errors, support) + Likelihood(k - errors, n - support) - Likelihood(k, n)) / _dispersion;

    static double Likelihood(double k, double n) => XLog(k, n) + XLog(n - k, n);

    static double XLog(double k, double n) => k <= 0 ? 0 : k * Math.Log(k / n);

    /// <summary>Different columns, at most so many; two bounds of one column make a range and count as one.</summary>
    bool MayJoin(int[] literals)
    {
        var columns = 1;
        for (var i = 1; i < literals.Length; i++)
        {
            var (one, other) = (_literals[literals[i - 1]], _literals[literals[i]]);
            if (one.Column != other.Column)
            {
                columns++;
                continue;
            }
            SliceCondition a = one.Condition, b = other.Condition;
            if (!a.IsNumeric || a.Above is null == b.Above is null || !((a.Above ?? b.Above) < (a.UpTo ?? b.UpTo))) return false;
            if (i > 1 && _literals[literals[i - 2]].Column == one.Column) return false;
        }
        return columns <= _options.Conditions;
    }

    double Sum(ulong[] set)
    {
        double sum = 0;
        for (var b = 0; b < _planes.Length; b++)
        {
            var plane = _planes[b];
            var count = 0;
            for (var w = 0; w < set.Length; w++) count += BitOperations.PopCount(set[w] & plane[w]);
            sum += count * _weights[b];
        }
        return sum;
    }

    static int Intersect(ulong[] a, ulong[] b, ulong[] into)
    {
        var count = 0;
        for (var w = 0; w < into.Length; w++) count += BitOperations.PopCount(into[w] = a[w] & b[w]);
        return count;
    }

    static void And(ulong[] set, ulong[] other)
    {
        for (var w = 0; w < set.Length; w++) set[w] &= other[w];
    }

    static int Count(ulong[] set)
    {
        var count = 0;
        foreach (var word in set) count += BitOperations.PopCount(word);
        return count;
    }

    static IEnumerable<int> Rows(ulong[] set)
    {
        for (var w = 0; w < set.Length; w++)
            for (var word = set[w]; word != 0; word &= word - 1) yield return (w << 6) + BitOperations.TrailingZeroCount(word);
    }
}

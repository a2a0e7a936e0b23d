using System.Numerics;

namespace Flywheel.Insight.Slices;

/// <summary>
/// Seeks, in one half, the conjunction of conditions that best explains the errors: level by level through the lattice, without
/// those that have too few images, or that even with all their errors in the fewest images allowed could not beat the best so far.
/// </summary>
sealed class SliceSearch
{
    /// <summary>Most conjunctions of a level that are extended; the most promising are. Reached only where many errors are spread thin.</summary>
    const int MostParents = 4000;

    /// <summary>A condition on a preferred column is taken instead if it is worth at most this much less, nats, and means nearly the same images.</summary>
    const double Indifference = 4;

    /// <summary>What each condition after the first must gain beyond its price, nats: an e-to-this-fold surer than chance.</summary>
    const double Margin = 2;

    /// <summary>Most times a conjunction is narrowed.</summary>
    const int MostRefinements = 6;

    /// <summary>Least Jaccard index of sets of images that are nearly the same.</summary>
    public const double NearlySame = 0.7;

    readonly IReadOnlyList<Literal> _literals;
    readonly SliceOptions _options;
    readonly int _least;
    readonly ulong[][] _planes;
    readonly double[] _weights;
    readonly double[] _errors;
    readonly Func<ulong[], double> _designEffect;
    readonly int[] _opposite;

    // The images still to be explained, and their figures.
    ulong[] _alive = [];
    int _n;
    double _k, _dispersion;

    /// <param name="literals">The conditions.</param>
    /// <param name="errors">Error of each image of the half, 0..1.</param>
    /// <param name="least">Fewest images of a slice.</param>
    /// <param name="designEffect">Design effect of groups in a set of images.</param>
    /// <param name="options">How to search.</param>
    public SliceSearch(IReadOnlyList<Literal> literals, double[] errors, int least, Func<ulong[], double> designEffect, SliceOptions options)
    {
        (_literals, _errors, _least, _designEffect, _options) = (literals, errors, least, designEffect, options);
        _opposite = Opposites(literals);
        // Errors as bit planes, so that the errors of a set are counted by words: one plane for 0 and 1, eight for 1/255 steps.
        var whole = errors.All(e => e is 0 or 1);
        _planes = new ulong[whole ? 1 : 8][];
        _weights = [.. Enumerable.Range(0, _planes.Length).Select(b => whole ? 1.0 : (1 << b) / 255.0)];
        for (var b = 0; b < _planes.Length; b++)
        {
            _planes[b] = new ulong[(errors.Length + 63) / 64];
            for (var i = 0; i < errors.Length; i++)
                if (((int)Math.Round(errors[i] * (whole ? 1 : 255)) >> b & 1) != 0) _planes[b][i >> 6] |= 1UL << i;
        }
    }

    /// <summary>A conjunction: its literals, ascending, and its images among those sought in.</summary>
    public readonly record struct Conjunction(int[] Literals, int Support, double Errors, double Score);

    /// <summary>The best conjunction among some images, or null if none explains more than it costs to say.</summary>
    /// <param name="alive">The images.</param>
    /// <param name="allowed">Conditions to search.</param>
    /// <param name="narrowing">Conditions that may narrow what was found.</param>
    /// <param name="token">Obeyed.</param>
    public Conjunction? Best(ulong[] alive, Func<Literal, bool> allowed, Func<Literal, bool> narrowing, CancellationToken token)
    {
        (_alive, _n, _k) = (alive, Count(alive), Sum(alive));
        if (_n < 2 * _least || _k <= 0) return null;
        _dispersion = Dispersion(alive, _n, _k);

        var best = new Conjunction([], 0, 0, 0);
        var usable = Enumerable.Range(0, _literals.Count).Where(l => allowed(_literals[l])).ToArray();
        if (usable.Length == 0) return null;
        var cheapest = usable.Min(l => _literals[l].Price);
        var singles = Judge(usable.Select(l => new[] { l }), ref best, cheapest, token);
        var first = singles.Select(s => s[0]).Order().ToArray();
        var parents = singles;
        for (var level = 2; level <= 3 && parents.Count > 0; level++)
        {
            var children = parents.SelectMany(p => first.Where(l => l > p[^1] && MayJoin(p, l)).Select(l => (int[])[.. p, l]));
            parents = Judge(children, ref best, cheapest, token);
        }
        if (best.Score <= 0) return null;
        int[] all = [.. Enumerable.Range(0, _literals.Count).Where(l => narrowing(_literals[l]))];
        return Prefer(Refine(best, all), all);
    }

    /// <summary>
    /// A conjunction whose own images differ gives way to the part that fails: where one more condition tells right from wrong among them, the
    /// whole only had its errors from that part. What is left of the whole is judged again in a later round. Then each condition must still
    /// earn its price.
    /// </summary>
    Conjunction Refine(Conjunction whole, int[] usable)
    {
        if (_options.Score != SliceScore.Evidence) return whole;
        int[][] tiers = [.. usable.Select(l => _literals[l].Tier).Distinct().Order().Select(t => usable.Where(l => _literals[l].Tier <= t).ToArray())];
        for (var round = 0; round < MostRefinements; round++)
        {
            var own = Images(whole.Literals, _alive);
            var dispersion = Dispersion(own, whole.Support, whole.Errors);
            Conjunction? part = null;
            foreach (var literals in tiers)
                if ((part = Narrower(whole, own, dispersion, literals) ?? WithoutException(whole, own, dispersion, literals)) is not null) break;
            if (part is not { } found) return whole;
            var before = whole.Literals;
            whole = found;
            // The conditions it had may have lost their point; the new one is what tells the part from the whole.
            foreach (var old in found.Literals.Intersect(before).ToArray())
            {
                var fewer = whole.Literals.Where(l => l != old).ToArray();
                var images = Images(fewer, _alive);
                var simpler = Of(fewer, Count(images), Sum(images));
                if (simpler.Score >= whole.Score) whole = simpler;
            }
        }
        return whole;
    }

    /// <summary>The whole with the one condition that parts its images best into failing and not, or null.</summary>
    Conjunction? Narrower(Conjunction whole, ulong[] own, double dispersion, int[] usable)
    {
        var set = new ulong[_alive.Length];
        Conjunction? part = null;
        var most = Margin;
        foreach (var l in usable)
        {
            if (Narrowed(whole.Literals, l) is not { } literals) continue;
            var support = Intersect(own, _literals[l].Bits, set);
            if (support < _least || support >= whole.Support) continue;
            var errors = Sum(set);
            if (errors / support < _options.MinLift * ((whole.Errors - errors) / (whole.Support - support))) continue;
            var gain = Gain(whole, errors, support) / dispersion - _literals[l].Price;
            if (gain <= most) continue;
            most = gain;
            part = Of(literals, support, errors);
        }
        return part;
    }

    /// <summary>
    /// A whole may be the union of two cases that fail alike, and hold images of neither that do not fail: those meet two conditions, and each
    /// case breaks one of them. The whole becomes the better of the two; the other is found in a later round.
    /// </summary>
    Conjunction? WithoutException(Conjunction whole, ulong[] own, double dispersion, int[] usable)
    {
        int[] numeric = [.. usable.Where(l => Opposite(l) >= 0 && Narrowed(whole.Literals, Opposite(l)) is not null)];
        ulong[] first = new ulong[_alive.Length], both = new ulong[_alive.Length];
        Conjunction? part = null;
        var most = Margin;
        foreach (var a in numeric)
        {
            var wide = Intersect(own, _literals[a].Bits, first);
            if (wide < _least || wide >= whole.Support) continue;
            foreach (var b in numeric)
            {
                if (_literals[b].Column <= _literals[a].Column) continue;
                var support = Intersect(first, _literals[b].Bits, both);
                if (support < _least || support >= wide) continue;
                var errors = Sum(both);
                if (errors / support * _options.MinLift > (whole.Errors - errors) / (whole.Support - support)) continue;
                var gain = Gain(whole, errors, support) / dispersion - _literals[a].Price - _literals[b].Price;
                if (gain <= most) continue;
                var better = new[] { a, b }.Select(l => Narrowed(whole.Literals, Opposite(l))!).Select(literals => (literals, Images: Images(literals, _alive)))
                    .Select(x => Of(x.literals, Count(x.Images), Sum(x.Images))).Where(c => c.Support >= _least && c.Support < whole.Support && c.Score > 0).OrderByDescending(c => c.Score).ToList();
                if (better.Count == 0) continue;
                (most, part) = (gain, better[0]);
            }
        }
        return part;
    }

    /// <summary>The condition that holds where a bound does not; −1 if there is none.</summary>
    int Opposite(int literal) => _opposite[literal];

    static int[] Opposites(IReadOnlyList<Literal> literals)
    {
        var at = new Dictionary<(int Column, double Cut, bool Above), int>();
        for (var l = 0; l < literals.Count; l++)
            if (literals[l].Condition is { IsNumeric: true } c) at[(literals[l].Column, (c.Above ?? c.UpTo)!.Value, c.Above is not null)] = l;
        return [.. literals.Select(l => l.Condition.IsNumeric ? at.GetValueOrDefault((l.Column, (l.Condition.Above ?? l.Condition.UpTo)!.Value, l.Condition.Above is null), -1) : -1)];
    }

    /// <summary>Log-likelihood gained by giving a part of a conjunction an error rate of its own.</summary>
    static double Gain(Conjunction whole, double errors, int support) =>
        Likelihood(errors, support) + Likelihood(whole.Errors - errors, whole.Support - support) - Likelihood(whole.Errors, whole.Support);

    /// <summary>Variance of the errors of a set over that of as many zeros and ones of the same mean, times the design effect: 1 for independent known errors.</summary>
    double Dispersion(ulong[] set, int count, double sum)
    {
        var mean = sum / count;
        if (mean is <= 0 or >= 1) return 1;
        double squares = 0;
        foreach (var i in Rows(set)) squares += _errors[i] * _errors[i];
        return Math.Max(1e-6, (squares / count - mean * mean) / (mean * (1 - mean))) * _designEffect(set);
    }

    /// <summary>The conjunction with one more condition, or with a bound moved; null where that is not allowed.</summary>
    int[]? Narrowed(int[] literals, int added)
    {
        var replaced = literals.Where(o => _literals[o].Column == _literals[added].Column && _literals[added].Condition.IsNumeric
            && _literals[o].Condition.Above is null == _literals[added].Condition.Above is null).ToArray();
        int[] all = [.. literals.Except(replaced).Append(added).Order()];
        return !literals.Contains(added) && all.Length <= 3 && MayJoin(all) ? all : null;
    }

    Conjunction Of(int[] literals, int support, double errors) => new(literals, support, errors, Score(errors, support, Price(literals)));

    double Price(int[] literals) => literals.Sum(l => _literals[l].Price) + Margin * (literals.Length - 1);

    /// <summary>The images of a conjunction in the half.</summary>
    public ulong[] Images(IEnumerable<int> literals, ulong[]? among = null)
    {
        ulong[]? all = among is null ? null : [.. among];
        foreach (var l in literals)
        {
            if (all is null) all = [.. _literals[l].Bits];
            else And(all, _literals[l].Bits);
        }
        return all!;
    }

    /// <summary>Scores conjunctions and gives those worth extending.</summary>
    List<int[]> Judge(IEnumerable<int[]> candidates, ref Conjunction best, double cheapest, CancellationToken token)
    {
        var open = new List<(int[] Literals, double Bound)>();
        var set = new ulong[_alive.Length];
        int[] parent = [];
        var ofParent = new ulong[_alive.Length];
        var seen = 0;
        foreach (var candidate in candidates)
        {
            if ((++seen & 1023) == 0) token.ThrowIfCancellationRequested();
            if (!parent.AsSpan().SequenceEqual(candidate.AsSpan(0, candidate.Length - 1)) || seen == 1)
            {
                parent = candidate[..^1];
                _alive.CopyTo(ofParent, 0);
                foreach (var l in parent) And(ofParent, _literals[l].Bits);
            }
            var support = Intersect(ofParent, _literals[candidate[^1]].Bits, set);
            if (support < _least || support > _n - _least) continue;
            var errors = Sum(set);
            var price = Price(candidate);
            var score = Score(errors, support, price);
            if (score > best.Score + 1e-9) best = new Conjunction(candidate, support, errors, score);
            var bound = Score(errors, Math.Max(_least, (int)Math.Ceiling(errors)), price + cheapest + Margin);
            if (bound > best.Score) open.Add((candidate, bound));
        }
        var floor = best.Score;
        return [.. open.Where(o => o.Bound > floor).OrderByDescending(o => o.Bound).Take(MostParents).Select(o => o.Literals)];
    }

    double Score(double errors, int support, double price)
    {
        double inside = errors / support, outside = (_k - errors) / (_n - support);
        if (inside < _options.MinLift * outside || inside <= outside) return double.NegativeInfinity;
        if (_options.Score == SliceScore.SliceLine) return 0.95 * (inside / (_k / _n) - 1) - 0.05 * ((double)_n / support - 1);
        return (Likelihood(errors, support) + Likelihood(_k - errors, _n - support) - Likelihood(_k, _n)) / _dispersion - price;
    }

    static double Likelihood(double k, double n) => XLog(k, n) + XLog(n - k, n);

    static double XLog(double k, double n) => k <= 0 ? 0 : k * Math.Log(k / n);

    bool MayJoin(int[] literals)
    {
        for (var i = 1; i < literals.Length; i++)
            if (!MayJoin(literals[..i], literals[i])) return false;
        return true;
    }

    /// <summary>Different columns, at most so many; two bounds of one column make a range and count as one.</summary>
    bool MayJoin(int[] parent, int literal)
    {
        var added = _literals[literal];
        var columns = 1;
        for (var i = 0; i < parent.Length; i++)
        {
            var other = _literals[parent[i]];
            if (other.Column == added.Column)
            {
                if (!added.Condition.IsNumeric || !((other.Condition.Above ?? added.Condition.Above) < (other.Condition.UpTo ?? added.Condition.UpTo))
                    || other.Condition.Above is null == added.Condition.Above is null) return false;
            }
            else if (i == 0 || _literals[parent[i - 1]].Column != other.Column)
            {
                columns++;
            }
        }
        return columns <= _options.Conditions;
    }

    /// <summary>Among conditions that mean nearly the same images and are worth nearly the same, those on the earlier columns: width rather than bytes.</summary>
    Conjunction Prefer(Conjunction best, int[] usable)
    {
        var chosen = best;
        for (var at = 0; at < best.Literals.Length; at++)
        {
            var own = Images(chosen.Literals, _alive);
            var others = chosen.Literals.Where((_, i) => i != at).ToArray();
            var around = Images(others, _alive);
            var set = new ulong[_alive.Length];
            Conjunction? better = null;
            foreach (var l in usable)
            {
                if (_literals[l].Column >= _literals[chosen.Literals[at]].Column || others.Any(o => _literals[o].Column == _literals[l].Column)) continue;
                var support = Intersect(around, _literals[l].Bits, set);
                if (support < _least || support > _n - _least) continue;
                var errors = Sum(set);
                int[] literals = [.. others, l];
                var score = Score(errors, support, Price(literals));
                if (score <= 0 || score < best.Score - Indifference || Jaccard(own, set) < NearlySame) continue;
                if (better is not { } b || (_literals[l].Column, -score).CompareTo((_literals[b.Literals[^1]].Column, -b.Score)) < 0)
                    better = new Conjunction(literals, support, errors, score);
            }
            if (better is { } found)
            {
                // Keep the position of the others: the new one stands where the old one stood.
                var order = found.Literals[..^1].ToList();
                order.Insert(at, found.Literals[^1]);
                chosen = found with { Literals = [.. order] };
            }
        }
        return chosen;
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

    internal static int Count(ulong[] set)
    {
        var count = 0;
        foreach (var word in set) count += BitOperations.PopCount(word);
        return count;
    }

    internal static IEnumerable<int> Rows(ulong[] set)
    {
        for (var w = 0; w < set.Length; w++)
            for (var word = set[w]; word != 0; word &= word - 1) yield return (w << 6) + BitOperations.TrailingZeroCount(word);
    }

    internal static double Jaccard(ulong[] a, ulong[] b)
    {
        int both = 0, either = 0;
        for (var w = 0; w < a.Length; w++)
        {
            both += BitOperations.PopCount(a[w] & b[w]);
            either += BitOperations.PopCount(a[w] | b[w]);
        }
        return either == 0 ? 0 : (double)both / either;
    }
}

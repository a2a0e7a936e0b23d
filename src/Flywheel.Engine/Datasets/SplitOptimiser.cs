namespace Flywheel.Engine.Datasets;

/// <summary>
/// Assigns groups to splits so that every stratum comes near the wanted shares. Greedy, largest groups first, from several random
/// orders; then single moves and swaps while they help. Cost: Σ over strata of Σ over splits of (share − wanted)² / wanted, with the
/// whole set as one more stratum, and a penalty for a split that lacks a stratum or is empty; the same in spirit as scikit-learn's StratifiedGroupKFold, with a criterion that fits unequal shares.
/// </summary>
sealed class SplitOptimiser
{
    const double EmptySplit = 10;
    const double MissingStratum = 1;
    const int Restarts = 12;
    const int MaxGroupsForRestarts = 600;
    const int MaxGroupsForSwaps = 300;

    readonly double[] _wanted;     // by split
    readonly double[] _totals;     // by stratum; the last one is the whole set
    readonly double[][] _start;    // split × stratum: what is assigned already
    readonly List<(int Stratum, int Count)[]> _groups = [];

    /// <param name="wanted">Wanted share of each split; 0 means closed to free groups.</param>
    /// <param name="strata">Number of strata.</param>
    public SplitOptimiser(double[] wanted, int strata)
    {
        _wanted = wanted;
        _totals = new double[strata + 1];
        _start = [.. wanted.Select(_ => new double[strata + 1])];
    }

    /// <summary>Adds what a split has already.</summary>
    public void AddFixed(int split, int stratum, int count)
    {
        _start[split][stratum] += count;
        _start[split][^1] += count;
        _totals[stratum] += count;
        _totals[^1] += count;
    }

    /// <summary>Adds a group to be assigned, with its images per stratum; groups are numbered as they come.</summary>
    public void AddGroup(IEnumerable<KeyValuePair<int, int>> counts)
    {
        var list = counts.Select(c => (c.Key, c.Value)).ToList();
        list.Add((_totals.Length - 1, list.Sum(c => c.Value)));
        foreach (var (stratum, count) in list) _totals[stratum] += count;
        _groups.Add([.. list]);
    }

    /// <summary>The split of each group.</summary>
    public int[] Solve(long seed, CancellationToken cancelToken)
    {
        if (_groups.Count == 0) return [];
        int[]? best = null;
        var bestCost = double.PositiveInfinity;
        var restarts = _groups.Count <= MaxGroupsForRestarts ? Restarts : 1;
        for (var r = 0; r < restarts; r++)
        {
            cancelToken.ThrowIfCancellationRequested();
            var have = _start.Select(s => (double[])s.Clone()).ToArray();
            var chosen = Greedy(have, new SeededRandom(seed, r), cancelToken);
            Improve(have, chosen, cancelToken);
            var cost = Cost(have);
            if (cost >= bestCost - 1e-12) continue;
            bestCost = cost;
            best = chosen;
        }
        return best!;
    }

    int[] Greedy(double[][] have, SeededRandom random, CancellationToken cancelToken)
    {
        var order = random.Permutation(_groups.Count);
        // The sort is stable: equal sizes stay in random order.
        order = [.. order.OrderByDescending(g => _groups[g][^1].Count)];
        var chosen = new int[_groups.Count];
        foreach (var g in order)
        {
            cancelToken.ThrowIfCancellationRequested();
            var best = -1;
            var bestDelta = double.PositiveInfinity;
            for (var s = 0; s < _wanted.Length; s++)
            {
                if (_wanted[s] <= 0) continue;
                var delta = AddCost(have, s, g);
                if (delta >= bestDelta) continue;
                bestDelta = delta;
                best = s;
            }
            Move(have, best, g, 1);
            chosen[g] = best;
        }
        return chosen;
    }

    void Improve(double[][] have, int[] chosen, CancellationToken cancelToken)
    {
        for (var pass = 0; pass < 20; pass++)
        {
            cancelToken.ThrowIfCancellationRequested();
            var better = false;
            for (var g = 0; g < chosen.Length; g++)
            {
                var from = chosen[g];
                var freed = AddCost(have, from, g, -1);
                Move(have, from, g, -1);
                for (var to = 0; to < _wanted.Length; to++)
                {
                    if (to == from || _wanted[to] <= 0 || freed + AddCost(have, to, g) >= -1e-12) continue;
                    freed = -AddCost(have, to, g);
                    chosen[g] = to;
                    better = true;
                }
                Move(have, chosen[g], g, 1);
            }
            if (chosen.Length <= MaxGroupsForSwaps)
            {
                for (var g = 0; g < chosen.Length; g++)
                    for (var h = g + 1; h < chosen.Length; h++)
                        if (chosen[g] != chosen[h] && TrySwap(have, chosen, g, h)) better = true;
            }
            if (!better) return;
        }
    }

    bool TrySwap(double[][] have, int[] chosen, int g, int h)
    {
        int a = chosen[g], b = chosen[h];
        var before = SplitCost(have, a) + SplitCost(have, b);
        Move(have, a, g, -1);
        Move(have, b, h, -1);
        Move(have, b, g, 1);
        Move(have, a, h, 1);
        if (SplitCost(have, a) + SplitCost(have, b) < before - 1e-12)
        {
            chosen[g] = b;
            chosen[h] = a;
            return true;
        }
        Move(have, b, g, -1);
        Move(have, a, h, -1);
        Move(have, a, g, 1);
        Move(have, b, h, 1);
        return false;
    }

    void Move(double[][] have, int split, int group, int sign)
    {
        foreach (var (stratum, count) in _groups[group]) have[split][stratum] += sign * count;
    }

    /// <summary>What adding (or removing) a group changes the cost by; other splits are not touched by it.</summary>
    double AddCost(double[][] have, int split, int group, int sign = 1)
    {
        double delta = 0, wanted = _wanted[split];
        foreach (var (stratum, count) in _groups[group])
        {
            delta += Term(have[split][stratum] + sign * count, stratum, wanted) - Term(have[split][stratum], stratum, wanted);
        }
        return delta;
    }

    double Term(double count, int stratum, double wanted)
    {
        var off = count / _totals[stratum] - wanted;
        // Counts are whole numbers, so 0 is exact.
        return off * off / wanted + (count > 0 ? 0 : stratum == _totals.Length - 1 ? EmptySplit : MissingStratum);
    }

    double SplitCost(double[][] have, int split)
    {
        if (_wanted[split] <= 0) return 0;
        double cost = 0;
        for (var k = 0; k < _totals.Length; k++)
        {
            if (_totals[k] > 0) cost += Term(have[split][k], k, _wanted[split]);
        }
        return cost;
    }

    double Cost(double[][] have)
    {
        double cost = 0;
        for (var s = 0; s < _wanted.Length; s++) cost += SplitCost(have, s);
        return cost;
    }
}

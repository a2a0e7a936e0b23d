namespace Flywheel.Insight.Slices;

/// <summary>
/// Names the conditions under which a model fails more often. One half of the images, drawn by group, is searched: the conjunction that
/// best explains the errors is taken, its images are set aside, and what is left is searched again, until nothing explains more than it costs
/// to say. So a property that only goes along with another finds nothing left to explain. The other half, which neither the cuts nor the search
/// have seen, then judges each slice twice: as a whole, and without the images that slices before it explain. The larger p counts.
/// </summary>
public static class SliceDiscovery
{
    const int FewestImages = 10;

    /// <summary>Finds and judges slices.</summary>
    /// <param name="columns">The features; earlier columns are preferred where two say the same, and lower tiers go first.</param>
    /// <param name="errors">By image: 1 wrong, 0 right; or the expected error in between where nobody knows.</param>
    /// <param name="groups">By image the unit drawn independently (near-duplicates, a person), or null if that is the image.</param>
    /// <param name="doubt">By image the model's own expected error; a look must fail beyond it. Null: not asked for.</param>
    /// <param name="options">How to search and judge.</param>
    /// <param name="token">Obeyed during the search.</param>
    /// <returns>Confirmed ones first, then by errors beyond what the rest would have, those that slices before it explain left out.</returns>
    public static IReadOnlyList<FoundSlice> Find(IReadOnlyList<SliceColumn> columns, double[] errors, int[]? groups, double[]? doubt, SliceOptions options, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (columns.Any(c => c.Count != errors.Length) || groups is not null && groups.Length != errors.Length)
            throw new ArgumentException("Columns, errors and groups must be of one length.", nameof(columns));
        if (errors.Any(e => e is not (>= 0 and <= 1))) throw new ArgumentException("Errors must lie in 0..1.", nameof(errors));

        var (searched, held) = Halves(errors.Length, groups, options.Seed);
        var least = Math.Max(FewestImages, (int)Math.Ceiling(options.MinShare * searched.Length));
        if (searched.Length < 2 * least || held.Length < 2 * least) return [];
        var test = new SliceTest(errors, groups, held, options.Seed);
        var before = new HashSet<int>();
        var judged = new List<(FoundSlice Slice, double Excess)>();
        foreach (var conditions in Search(columns, errors, groups, searched, least, options, token))
        {
            token.ThrowIfCancellationRequested();
            bool Holds(int row) => conditions.All(c => c.Column.Holds(c.Condition, row));
            int[] inside = [.. held.Where(Holds)], outside = [.. held.Where(i => !Holds(i))];
            if (inside.Length == 0) continue;
            int[] own = [.. inside.Where(i => !before.Contains(i))], others = [.. outside.Where(i => !before.Contains(i))];
            var alone = test.P(own, others);
            before.UnionWith(inside);
            var rate = test.Rate(inside);
            var elsewhere = outside.Length == 0 ? double.NaN : test.Sum(outside) / outside.Length;
            var p = Math.Max(alone, test.P(inside, outside));
            var look = doubt is not null && conditions.Any(c => c.Column.Subject == SliceSubject.Look);
            if (look) p = Math.Max(p, test.PAtEqualDoubt(inside, outside, doubt!));
            judged.Add((new FoundSlice
            {
                Conditions = [.. conditions.Select(c => c.Condition)],
                Rows = [.. Enumerable.Range(0, errors.Length).Where(Holds)],
                Support = inside.Length,
                Errors = test.Sum(inside),
                Rate = rate,
                RateElsewhere = elsewhere,
                Lift = elsewhere > 0 ? rate.Value / elsewhere : rate.Value > 0 ? double.PositiveInfinity : double.NaN,
                P = p,
                Method = look ? $"{test.Method}; and the same among images of equal confidence" : test.Method,
            }, others.Length == 0 ? 0 : test.Sum(own) - own.Length * test.Sum(others) / others.Length));
        }
        var q = BenjaminiHochberg.Adjust([.. judged.Select(j => j.Slice.P)]);
        return [.. judged.Select((j, i) => (Slice: j.Slice with { Q = q[i], Confirmed = q[i] <= options.MaxQ && j.Slice.Lift >= options.MinLift }, j.Excess))
            .OrderByDescending(j => j.Slice.Confirmed).ThenByDescending(j => j.Excess).Select(j => j.Slice)];
    }

    /// <summary>Two halves, whole groups each, drawn at random.</summary>
    internal static (int[] Searched, int[] Held) Halves(int count, int[]? groups, long seed)
    {
        var random = new SeededRandom(seed, 11);
        int[][] units = groups is null
            ? [.. Enumerable.Range(0, count).Select(i => new[] { i })]
            : [.. Enumerable.Range(0, count).GroupBy(i => groups[i]).Select(g => g.ToArray())];
        random.Shuffle<int[]>(units);
        // Large groups first, each to the smaller half: the halves come out equal.
        List<int> a = [], b = [];
        foreach (var unit in units.OrderByDescending(u => u.Length)) (a.Count <= b.Count ? a : b).AddRange(unit);
        return ([.. a.Order()], [.. b.Order()]);
    }

    static IEnumerable<IReadOnlyList<(SliceColumn Column, SliceCondition Condition)>> Search(IReadOnlyList<SliceColumn> columns, double[] errors, int[]? groups, int[] rows, int least,
        SliceOptions options, CancellationToken token)
    {
        var literals = Literal.Enumerate(columns, rows, least);
        double[] own = [.. rows.Select(i => errors[i])];
        var effect = new DesignEffect(errors, groups, rows);
        var search = new SliceSearch(literals, own, least, set => effect.Of(SliceSearch.Rows(set).Select(i => rows[i])), options);
        var alive = new ulong[(rows.Length + 63) / 64];
        for (var i = 0; i < rows.Length; i++) alive[i >> 6] |= 1UL << i;
        var found = new List<ulong[]>();
        int[] tiers = [.. columns.Select(c => c.Tier).Distinct().Order()];
        for (var round = 0; round < options.Slices; round++)
        {
            SliceSearch.Conjunction? best = null;
            // A look never narrows what has a name.
            foreach (var tier in tiers)
                if ((best = search.Best(alive, l => columns[l.Column].Tier <= tier, l => columns[l.Column].Tier <= tier || columns[l.Column].Subject != SliceSubject.Look, token)) is not null) break;
            if (best is not { } slice) yield break;
            var images = search.Images(slice.Literals);
            for (var w = 0; w < alive.Length; w++) alive[w] &= ~images[w];
            // A near-copy of an earlier one only sets its leftovers aside.
            if (found.Any(f => SliceSearch.Jaccard(f, images) >= SliceSearch.NearlySame)) continue;
            found.Add(images);
            yield return Merge(columns, slice.Literals.Select(l => literals[l]));
        }
    }

    /// <summary>Two bounds of one column become a range.</summary>
    static IReadOnlyList<(SliceColumn, SliceCondition)> Merge(IReadOnlyList<SliceColumn> columns, IEnumerable<Literal> literals) =>
        [.. literals.GroupBy(l => l.Column).OrderBy(g => g.Key).Select(g => (columns[g.Key], g.Select(l => l.Condition).Aggregate((a, b) => a with { Above = a.Above ?? b.Above, UpTo = a.UpTo ?? b.UpTo })))];
}

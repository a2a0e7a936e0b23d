namespace Flywheel.Insight.Slices;

/// <summary>
/// Names the conditions under which a model fails more often. One half of the images, drawn by group, is searched for the list of conjunctions
/// that explains the errors best for what it costs to say, so a property that only goes along with another finds nothing left to explain. The
/// other half, which neither the cuts nor the search have seen, then judges each slice twice: as a whole, and without the images that slices
/// before it explain. The larger p counts. Images that stand beside the window are not searched: they tell whether what all of the window has in
/// common, and they have not, fails more often.
/// </summary>
public static class SliceDiscovery
{
    const int FewestImages = 10;

    /// <summary>Finds and judges slices.</summary>
    /// <param name="columns">The features; earlier columns are preferred where two say the same, and lower tiers go first.</param>
    /// <param name="errors">By image: 1 wrong, 0 right; or the expected error in between where nobody knows.</param>
    /// <param name="asked">The first so many images are the window, which slices are of; the others stand beside it.</param>
    /// <param name="groups">By image the unit drawn independently (near-duplicates, a person), or null if that is the image.</param>
    /// <param name="doubt">By image the model's own expected error; a look must fail beyond it. Null: not asked for.</param>
    /// <param name="options">How to search and judge.</param>
    /// <param name="token">Obeyed during the search.</param>
    /// <returns>Confirmed ones first, then by errors beyond what the rest would have, those that slices before it explain left out.</returns>
    public static IReadOnlyList<FoundSlice> Find(IReadOnlyList<SliceColumn> columns, double[] errors, int asked, int[]? groups, double[]? doubt, SliceOptions options, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (columns.Any(c => c.Count != errors.Length) || groups is not null && groups.Length != errors.Length)
            throw new ArgumentException("Columns, errors and groups must be of one length.", nameof(columns));
        if (errors.Any(e => e is not (>= 0 and <= 1))) throw new ArgumentException("Errors must lie in 0..1.", nameof(errors));

        var (searchedAll, heldAll) = Halves(errors.Length, groups, options.Seed);
        int[] searched = [.. searchedAll.Where(i => i < asked)], held = [.. heldAll.Where(i => i < asked)];
        var least = Math.Max(FewestImages, (int)Math.Ceiling(options.MinShare * searched.Length));
        if (searched.Length < 2 * least || held.Length < 2 * least) return [];
        var judged = new List<(FoundSlice Slice, double Excess)>();

        if (CommonCondition.Find(columns, searchedAll, asked) is { } common)
            {
            var (slice, excess) = Judge([common], heldAll, new SliceTest(errors, groups, heldAll, options.Seed), []);
            judged.Add((slice with { Method = slice.Method + "; against the images beside it, taken as they are" }, excess));
        }
        var test = new SliceTest(errors, groups, held, options.Seed);
        var before = new HashSet<int>();
        foreach (var conditions in Search(columns, errors, groups, searched, least, options, token))
        {
            token.ThrowIfCancellationRequested();
            var found = Judge(conditions, held, test, before);
            if (found.Slice.Support > 0) judged.Add(found);
            before.UnionWith(held.Where(i => conditions.All(c => c.Column.Holds(c.Condition, i))));
        }
        var q = BenjaminiHochberg.Adjust([.. judged.Select(j => j.Slice.P)]);
        return [.. judged.Select((j, i) => (Slice: j.Slice with { Q = q[i], Confirmed = q[i] <= options.MaxQ && j.Slice.Lift >= options.MinLift }, j.Excess))
            .OrderByDescending(j => j.Slice.Confirmed).ThenByDescending(j => j.Excess).Select(j => j.Slice)];

        (FoundSlice Slice, double Excess) Judge(IReadOnlyList<(SliceColumn Column, SliceCondition Condition)> conditions, int[] among, SliceTest test, HashSet<int> before)
        {
            bool Holds(int row) => row < asked && conditions.All(c => c.Column.Holds(c.Condition, row));
            int[] inside = [.. among.Where(Holds)], outside = [.. among.Where(i => !Holds(i))];
            int[] own = [.. inside.Where(i => !before.Contains(i))], others = [.. outside.Where(i => !before.Contains(i))];
            var p = Math.Max(test.P(own, others), test.P(inside, outside));
            var look = doubt is not null && conditions.Any(c => c.Column.Subject == SliceSubject.Look);
            if (look) p = Math.Max(p, test.PAtEqualDoubt(inside, outside, doubt!));
            var rate = test.Rate(inside);
            var elsewhere = outside.Length == 0 ? double.NaN : test.Sum(outside) / outside.Length;
            return (new FoundSlice
            {
                Conditions = [.. conditions.Select(c => c.Condition)],
                Rows = [.. Enumerable.Range(0, asked).Where(Holds)],
                Support = inside.Length,
                Errors = test.Sum(inside),
                Rate = rate,
                RateElsewhere = elsewhere,
                Lift = elsewhere > 0 ? rate.Value / elsewhere : rate.Value > 0 ? double.PositiveInfinity : double.NaN,
                P = p,
                Method = look ? $"{test.Method}; and the same among images of equal confidence" : test.Method,
            }, others.Length == 0 ? 0 : test.Sum(own) - own.Length * test.Sum(others) / others.Length);
        }
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
        var search = new SliceSearch(literals, own, least, set => effect.Of(set.Select(i => rows[i])), options);
        return search.Find(token).Select(found => Merge(columns, found.Select(l => literals[l])));
    }

    /// <summary>Two bounds of one column become a range.</summary>
    static IReadOnlyList<(SliceColumn, SliceCondition)> Merge(IReadOnlyList<SliceColumn> columns, IEnumerable<Literal> literals) =>
        [.. literals.GroupBy(l => l.Column).OrderBy(g => g.Key).Select(g => (columns[g.Key], g.Select(l => l.Condition).Aggregate((a, b) => a with { Above = a.Above ?? b.Above, UpTo = a.UpTo ?? b.UpTo })))];
}

namespace Flywheel.Insight.Slices;

/// <summary>One condition the search may use, and the images of the searched half it holds for.</summary>
/// <param name="Column">Index of its column; lower ones are preferred among equals.</param>
/// <param name="Tier">Tier of its column.</param>
/// <param name="Condition">The condition.</param>
/// <param name="Price">
/// What naming it costs, in nats: ln of the columns and of the conditions of its column there were to choose from; a bound is first said to be
/// at a natural break or not, so that the few of those are cheaper than the many others.
/// </param>
/// <param name="Bits">Bit i: it holds for the i-th image of the half.</param>
sealed record Literal(int Column, int Tier, SliceCondition Condition, double Price, ulong[] Bits)
{
    /// <summary>Whether it speaks of a look.</summary>
    public bool Look => Condition.Subject == SliceSubject.Look;

    /// <summary>All conditions with enough images in the half, and enough without.</summary>
    public static List<Literal> Enumerate(IReadOnlyList<SliceColumn> columns, int[] rows, int least)
    {
        var literals = new List<Literal>();
        for (var c = 0; c < columns.Count; c++)
        {
            var column = columns[c];
            var found = new List<(SliceCondition Condition, bool Natural, ulong[] Bits)>();
            foreach (var (condition, natural) in Conditions(column, rows))
            {
                var bits = new ulong[(rows.Length + 63) / 64];
                var count = 0;
                for (var i = 0; i < rows.Length; i++)
                {
                    if (!column.Holds(condition, rows[i])) continue;
                    bits[i >> 6] |= 1UL << i;
                    count++;
                }
                if (count >= least && count <= rows.Length - least) found.Add((condition, natural, bits));
            }
            foreach (var (condition, natural, bits) in found)
                literals.Add(new Literal(c, column.Tier, condition, Math.Log(found.Count(f => f.Natural == natural)) + (condition.IsNumeric ? Math.Log(2) : 0), bits));
        }
        var ofColumn = Math.Log(Math.Max(1, literals.Select(l => l.Column).Distinct().Count()));
        return [.. literals.Select(l => l with { Price = l.Price + ofColumn })];
    }

    static IEnumerable<(SliceCondition Condition, bool Natural)> Conditions(SliceColumn column, int[] rows)
    {
        var any = new SliceCondition { Subject = column.Subject, Name = column.Name };
        return column.Numbers is { } numbers
            ? CutPoints.Find(numbers, rows).SelectMany(c => new[] { (any with { UpTo = c.Cut }, c.Natural), (any with { Above = c.Cut }, c.Natural) })
            : rows.SelectMany(i => column.Values![i]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(value => (any with { Value = value }, false));
    }
}

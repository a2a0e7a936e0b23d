namespace Flywheel.Insight.Slices;

/// <summary>What nearly all images of a window have in common and nearly none of those beside it: the plain name of the shift between them.</summary>
static class CommonCondition
{
    /// <summary>Least share of the window it holds for, and of the others it does not.</summary>
    const double Least = 0.9;

    /// <summary>A condition on an earlier column is taken if it parts the two nearly as well.</summary>
    const double Indifference = 0.03;

    /// <summary>The plainest one, or null. Looks at no errors, and at no column that is not known for nearly all of the others, too.</summary>
    /// <param name="columns">The features; earlier columns and lower tiers are preferred.</param>
    /// <param name="rows">The images it is sought in, of both kinds.</param>
    /// <param name="asked">Rows below this are the window's.</param>
    public static (SliceColumn Column, SliceCondition Condition)? Find(IReadOnlyList<SliceColumn> columns, int[] rows, int asked)
    {
        int[] window = [.. Enumerable.Range(0, rows.Length).Where(i => rows[i] < asked)];
        var beside = rows.Length - window.Length;
        if (window.Length == 0 || beside == 0) return null;
        bool IsToldOfOthers(SliceColumn column) => rows.Count(i => i >= asked && column.IsKnown(i)) >= Least * beside;
        var found = Literal.Enumerate(columns, rows, 1).Where(l => l.Condition.Subject is SliceSubject.Property or SliceSubject.Tag && IsToldOfOthers(columns[l.Column])).Select(l =>
        {
            var inside = window.Count(i => (l.Bits[i >> 6] >> i & 1) != 0);
            var others = l.Bits.Sum(w => System.Numerics.BitOperations.PopCount(w)) - inside;
            return (Literal: l, Held: (double)inside / window.Length, Kept: 1 - (double)others / beside);
        }).Where(l => l.Held >= Least && l.Kept >= Least).ToList();
        if (found.Count == 0) return null;
        var best = found.Max(l => l.Held + l.Kept);
        var literal = found.Where(l => l.Held + l.Kept >= best - Indifference).OrderBy(l => l.Literal.Tier).ThenBy(l => l.Literal.Column).ThenByDescending(l => l.Held + l.Kept).First().Literal;
        return (columns[literal.Column], literal.Condition);
    }
}

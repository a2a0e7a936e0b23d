namespace Flywheel.Insight.DataQuality;

/// <summary>Gathers pairs of near-identical images into sets.</summary>
public static class DuplicateGrouping
{
    /// <summary>
    /// Sets of two or more rows, disjoint, each around a row that every other row of the set is paired with. A chain, in which each frame of
    /// a video resembles the next and the last no longer the first, is so cut into stretches: leaving out all of a set but its centre loses
    /// nothing that has no near-identical picture left.
    /// </summary>
    /// <param name="count">Number of rows.</param>
    /// <param name="pairs">Paired rows.</param>
    /// <param name="better">Which of two rows is the better centre: negative if the first. Among equals, the one with more partners.</param>
    /// <returns>Sets, the centre first, the others ascending; ordered by centre.</returns>
    public static IReadOnlyList<int[]> Stars(int count, IEnumerable<(int A, int B)> pairs, Comparison<int> better)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(better);
        var partners = new List<int>?[count];
        foreach (var (a, b) in pairs)
        {
            (partners[a] ??= []).Add(b);
            (partners[b] ??= []).Add(a);
        }
        int[] order = [.. Enumerable.Range(0, count).Where(i => partners[i] is not null)];
        Array.Sort(order, (a, b) => better(a, b) is var c && c != 0 ? c : partners[b]!.Count.CompareTo(partners[a]!.Count) is var d && d != 0 ? d : a.CompareTo(b));
        var taken = new bool[count];
        var sets = new List<int[]>();
        foreach (var centre in order)
        {
            if (taken[centre]) continue;
            int[] others = [.. partners[centre]!.Where(p => !taken[p]).Distinct().Order()];
            if (others.Length == 0) continue;
            taken[centre] = true;
            foreach (var other in others) taken[other] = true;
            sets.Add([centre, .. others]);
        }
        return [.. sets.OrderBy(s => s[0])];
    }
}

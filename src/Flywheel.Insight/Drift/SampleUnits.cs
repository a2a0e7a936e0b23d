using System.Globalization;
using Flywheel.Insight.Comparison;

namespace Flywheel.Insight.Drift;

/// <summary>One thing to rearrange: some images of one or several whole groups, with weights that sum to one.</summary>
sealed record SampleUnit(int[] Images, float[] Weights);

/// <summary>
/// Cuts a reference and a window into units that are alike if nothing changed, so that it makes no difference which of them are called the
/// window. Groups stay whole. Where the groups of one side are larger than the other's, they are not alike; then either the more numerous
/// side's groups are joined until both sides have equally many units, which are swapped pair by pair (a sign-flip test, which asks only that
/// differences of pairs be symmetric, not that both sides vary alike), or, where that would leave too few arrangements, the larger groups are
/// thinned to the sizes of the smaller ones. Large samples are joined evenly, so that time and memory are bounded.
/// </summary>
sealed class SampleUnits
{
    /// <summary>Mean group sizes within this ratio count as alike.</summary>
    const double AlikeRatio = 1.5;

    /// <summary>Units the smaller side is joined down to, and the larger one is cut at.</summary>
    const int MostSmaller = 256, MostLarger = 2048;

    readonly bool _paired;

    SampleUnits(SampleUnit[] reference, SampleUnit[] window, bool paired, int referenceGroups, int windowGroups, string description)
    {
        _paired = paired;
        Reference = reference;
        Window = window;
        ReferenceGroups = referenceGroups;
        WindowGroups = windowGroups;
        Description = description;
    }

    /// <summary>The reference's units, in random order.</summary>
    public SampleUnit[] Reference { get; }

    /// <summary>The window's units, in random order.</summary>
    public SampleUnit[] Window { get; }

    /// <summary>The reference's groups before anything was done to them.</summary>
    public int ReferenceGroups { get; }

    /// <summary>The window's groups.</summary>
    public int WindowGroups { get; }

    /// <summary>What was done, in words.</summary>
    public string Description { get; }

    /// <summary>The smallest p the number of arrangements admits. Equal sides swapped give the same statistic, so they count once.</summary>
    public double SmallestP
    {
        get
        {
            int n = Reference.Length, m = Window.Length;
            return n == 0 || m == 0 ? 1 : _paired ? SmallestPOfPairs(n)
                : Math.Min(1, (n == m ? 2 : 1) * Math.Exp(McNemar.LogGamma(n + 1) + McNemar.LogGamma(m + 1) - McNemar.LogGamma(n + m + 1)));
        }
    }

    static double SmallestPOfPairs(int n) => Math.Pow(0.5, n - 1);

    /// <summary>The units as they are: first the window's, numbered after the reference's.</summary>
    public int[] AsIs => [.. Enumerable.Range(Reference.Length, Window.Length), .. Enumerable.Range(0, Reference.Length)];

    /// <summary>A random arrangement: first those called the window's, then the others.</summary>
    public int[] Arrange(SeededRandom random)
    {
        if (!_paired) return random.Permutation(Reference.Length + Window.Length);
        var order = AsIs;
        for (var i = 0; i < Window.Length; i++)
            if (random.Next(2) == 0) (order[i], order[Window.Length + i]) = (order[Window.Length + i], order[i]);
        return order;
    }

    /// <summary>Cuts.</summary>
    /// <param name="referenceCount">Images.</param>
    /// <param name="referenceGroups">By image; null if independent.</param>
    /// <param name="windowCount">Images.</param>
    /// <param name="windowGroups">By image; null if independent.</param>
    /// <param name="alpha">The p that has to be within reach.</param>
    /// <param name="random">Draws.</param>
    public static SampleUnits Cut(int referenceCount, int[]? referenceGroups, int windowCount, int[]? windowGroups, double alpha, SeededRandom random)
    {
        var reference = Groups(referenceCount, referenceGroups, random);
        var window = Groups(windowCount, windowGroups, random);
        int referenceAll = reference.Count, windowAll = window.Count;
        double referenceSize = referenceCount / (double)Math.Max(1, referenceAll), windowSize = windowCount / (double)Math.Max(1, windowAll);
        string description;
        var paired = false;
        List<int[][]> r = [.. reference.Select(g => new[] { g })], w = [.. window.Select(g => new[] { g })];
        var fewest = Math.Min(referenceAll, windowAll);
        if (referenceAll == 0 || windowAll == 0 || Math.Max(referenceSize, windowSize) <= AlikeRatio * Math.Min(referenceSize, windowSize))
        {
            description = referenceGroups is null && windowGroups is null ? "images, one by one" : "whole groups";
        }
        else if (referenceAll < windowAll == referenceSize > windowSize && referenceAll != windowAll && SmallestPOfPairs(fewest) <= alpha)
        {
            if (referenceAll > windowAll) r = Deal(r, fewest);
            else w = Deal(w, fewest);
            paired = true;
            description = string.Create(CultureInfo.InvariantCulture, $"whole groups; the {(referenceAll > windowAll ? "reference" : "window")}'s smaller groups were joined into {fewest:N0} and swapped in pairs");
        }
        else
        {
            (r, w) = Thin(reference, window, random);
            var larger = referenceSize > windowSize ? r : w;
            description = string.Create(CultureInfo.InvariantCulture, $"groups, the {(referenceSize > windowSize ? "reference" : "window")}'s thinned to {larger.Average(u => u[0].Length):0.#} images each, the size of the other's");
        }

        var join = (Math.Min(r.Count, w.Count) + MostSmaller - 1) / MostSmaller;
        if (join > 1)
        {
            r = Deal(r, r.Count / join);
            w = Deal(w, w.Count / join);
            description += string.Create(CultureInfo.InvariantCulture, $", {join:N0} at a time");
        }
        if (Math.Max(r.Count, w.Count) > MostLarger)
        {
            description += string.Create(CultureInfo.InvariantCulture, $"; {MostLarger:N0} of the {(r.Count > w.Count ? "reference" : "window")}'s {Math.Max(r.Count, w.Count):N0} drawn at random");
            r = [.. r.Take(MostLarger)];
            w = [.. w.Take(MostLarger)];
        }
        return new SampleUnits([.. r.Select(Unit)], [.. w.Select(Unit)], paired, referenceAll, windowAll, description);
    }

    /// <summary>The images of each group, groups and images in random order.</summary>
    static List<int[]> Groups(int count, int[]? groups, SeededRandom random)
    {
        var order = random.Permutation(count);
        if (groups is null) return [.. order.Select(i => new[] { i })];
        int[][] sorted = [.. order.GroupBy(i => groups[i]).OrderBy(g => g.Key).Select(g => g.ToArray())];
        random.Shuffle<int[]>(sorted);
        return [.. sorted];
    }

    /// <summary>Joins units evenly into so many.</summary>
    static List<int[][]> Deal(List<int[][]> units, int hands)
    {
        var dealt = Enumerable.Range(0, hands).Select(_ => new List<int[]>()).ToArray();
        for (var i = 0; i < units.Count; i++) dealt[i % hands].AddRange(units[i]);
        return [.. dealt.Select(d => d.ToArray())];
    }

    /// <summary>Both sides' groups cut to the sizes the other side has at the same rank of size, which makes their sizes alike.</summary>
    static (List<int[][]>, List<int[][]>) Thin(List<int[]> reference, List<int[]> window, SeededRandom random)
    {
        int[] a = [.. reference.Select(g => g.Length).Order()], b = [.. window.Select(g => g.Length).Order()];
        return (Cut(reference, b), Cut(window, a));

        List<int[][]> Cut(List<int[]> groups, int[] other)
        {
            // Ranks by size, ties in the groups' random order.
            var kept = new int[groups.Count][];
            var order = Enumerable.Range(0, groups.Count).OrderBy(i => groups[i].Length).ToArray();
            for (var rank = 0; rank < order.Length; rank++)
            {
                var size = other[(int)((rank + 0.5) / order.Length * other.Length)];
                kept[order[rank]] = groups[order[rank]][..Math.Min(size, groups[order[rank]].Length)];
            }
            random.Shuffle<int[]>(kept);
            return [.. kept.Select(g => new[] { g })];
        }
    }

    static SampleUnit Unit(int[][] groups) =>
        new([.. groups.SelectMany(g => g)], [.. groups.SelectMany(g => Enumerable.Repeat(1f / (groups.Length * g.Length), g.Length))]);
}

namespace Flywheel.Insight.Comparison;

/// <summary>
/// Two classifiers compared in many slices of the same images at once. Intervals are Tango's at Bonferroni's level, so that all of them hold
/// together with 95 %. Groups enter by their design effect: counts are divided by how much more the difference varies between groups
/// than between independent images (Rao and Scott, Biometrics 48, 1992), with Student's critical value.
/// </summary>
public static class SliceComparison
{
    /// <summary>Slices with fewer images say nothing either way.</summary>
    public const int LeastImages = 30;

    /// <summary>Slices with fewer groups likewise.</summary>
    public const int LeastGroups = 8;

    /// <summary>True if a slice has enough images, and groups, to be compared.</summary>
    public static bool IsLargeEnough(IReadOnlyList<int> slice, int[]? groups)
    {
        ArgumentNullException.ThrowIfNull(slice);
        return slice.Count >= LeastImages && (groups is null || slice.Select(i => groups[i]).Distinct().Take(LeastGroups).Count() == LeastGroups);
    }

    /// <summary>Second minus first accuracy in every slice.</summary>
    /// <param name="first">Whether the first is right, by image.</param>
    /// <param name="second">Whether the second is right, by image.</param>
    /// <param name="groups">Group of each image; null if images are independent.</param>
    /// <param name="slices">The images of each slice; all large enough.</param>
    public static IReadOnlyList<Metric> Compare(bool[] first, bool[] second, int[]? groups, IReadOnlyList<IReadOnlyList<int>> slices)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(slices);
        if (first.Length != second.Length) throw new ArgumentException($"{first.Length} and {second.Length} answers cannot be paired.", nameof(second));
        var level = 1 - 0.025 / Math.Max(1, slices.Count);
        return [.. slices.Select(slice =>
        {
            int gained = 0, lost = 0;
            foreach (var i in slice)
            {
                if (second[i] && !first[i]) gained++;
                if (first[i] && !second[i]) lost++;
            }
            var n = slice.Count;
            var estimate = (gained - lost) / (double)n;
            var effect = groups is null ? 1 : DesignEffect(first, second, groups, slice, estimate, gained + lost);
            var z = groups is null ? CriticalValue.Normal(level) : CriticalValue.Student(level, slice.Select(i => groups[i]).Distinct().Count() - 1);
            var (low, high) = PairedProportion.Interval(gained / effect, lost / effect, n / effect, z);
            return new Metric("accuracy difference", estimate, low, high, n, "Tango");
        })];
    }

    static double DesignEffect(bool[] first, bool[] second, int[] groups, IReadOnlyList<int> slice, double mean, int discordant)
    {
        var sums = new Dictionary<int, double>();
        foreach (var i in slice)
            sums[groups[i]] = sums.GetValueOrDefault(groups[i]) + (second[i] ? 1 : 0) - (first[i] ? 1 : 0) - mean;
        double n = slice.Count, g = sums.Count;
        // No image tells the two apart: nothing is seen of how groups differ, so each counts as one trial.
        if (discordant == 0) return n / g;
        var independent = n * (discordant / n - mean * mean);
        var clustered = g / (g - 1) * sums.Values.Sum(s => s * s);
        return independent > 0 ? Math.Max(1, clustered / independent) : n / g;
    }
}

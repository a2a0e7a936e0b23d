namespace Flywheel;

/// <summary>One comparison of a window of production with its reference. Groups count equally, however many images each has.</summary>
public sealed record DriftTest
{
    /// <summary>What kind of thing is compared.</summary>
    public DriftKind Kind { get; init; }

    /// <summary>Which one: brightness, the tag's name, confidence, …</summary>
    public required string Name { get; init; }

    /// <summary>The statistic: Wasserstein, KS, chi-square, BBSE, MMD, AUC.</summary>
    public required string Statistic { get; init; }

    /// <summary>
    /// Its value: Wasserstein in the property's own unit, KS the largest difference of the two distribution functions, BBSE the share of
    /// images whose label changed, MMD squared (unbiased, by group), AUC the chance to tell a window's image from the reference's.
    /// </summary>
    public double Value { get; init; }

    /// <summary>What the value has to exceed for an alarm: the smallest difference that would be seen.</summary>
    public double Threshold { get; init; }

    /// <summary>Chance of a difference as telling as this in any of the tests if nothing changed.</summary>
    public double P { get; init; }

    /// <summary>Whether the value passes the threshold.</summary>
    public bool Flagged { get; init; }

    /// <summary>The difference in natural units: <c>83 → 24 px (−2.1 SD)</c>.</summary>
    public required string Effect { get; init; }

    /// <summary>Population stability index over the reference's deciles; properties and scores only. By custom 0.1 is some, 0.25 much.</summary>
    public double? Psi { get; init; }

    /// <summary>
    /// The textbook p of this test alone, every image taken for independent, for comparison: in streams of near-duplicates it alarms all
    /// the time. KS and chi-square only.
    /// </summary>
    public double? IndependentP { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Effect}";
}

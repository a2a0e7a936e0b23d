namespace Flywheel.Insight.Slices;

/// <summary>What a slice is ranked by during the search.</summary>
public enum SliceScore
{
    /// <summary>
    /// Log-likelihood ratio of two error rates against one, divided by the dispersion of the errors, minus the price of naming the conditions
    /// (ln of how many there were to choose from). A condition is added only if it explains more than it costs to say.
    /// </summary>
    Evidence,
    /// <summary>α(ē_S/ē − 1) − (1 − α)(n/|S| − 1) with α = 0.95 (SliceLine, Sagadeeva and Boehm, SIGMOD 2021, eq. 4).</summary>
    SliceLine,
}

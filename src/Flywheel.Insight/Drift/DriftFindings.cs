namespace Flywheel.Insight.Drift;

/// <summary>What a comparison found.</summary>
/// <param name="Verdict">Drift, no drift, cannot tell.</param>
/// <param name="P">Of all tests together.</param>
/// <param name="SmallestP">The smallest p so few groups could reach.</param>
/// <param name="ReferenceGroups">Independent groups of the reference.</param>
/// <param name="WindowGroups">Independent groups of the window.</param>
/// <param name="Resampling">What was resampled, in words.</param>
/// <param name="Tests">Most telling first.</param>
/// <param name="Notes">What was left out and why.</param>
/// <param name="Telling">Window images that give the difference away, and how typical of the window they are; only under drift.</param>
public sealed record DriftFindings(DriftVerdict Verdict, double P, double SmallestP, int ReferenceGroups, int WindowGroups, string Resampling,
    IReadOnlyList<DriftTest> Tests, IReadOnlyList<string> Notes, IReadOnlyList<(int Image, double Score)> Telling);

namespace Flywheel.Insight.Estimation;

/// <summary>One stratum of an audit: images of like confidence, some of them drawn at random and labelled.</summary>
/// <param name="Population">Images in the stratum; may be a fraction when it is estimated.</param>
/// <param name="Sample">How many of them were drawn and labelled.</param>
/// <param name="Right">How many of these were predicted right.</param>
public readonly record struct AuditStratum(double Population, int Sample, int Right);

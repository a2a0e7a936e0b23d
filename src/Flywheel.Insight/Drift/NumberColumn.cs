namespace Flywheel.Insight.Drift;

/// <summary>One number of every image.</summary>
/// <param name="Kind">Property (compared by Wasserstein distance) or score (by KS).</param>
/// <param name="Name">What it is.</param>
/// <param name="Unit">Its unit for the reader, or empty.</param>
/// <param name="Reference">By reference image.</param>
/// <param name="Window">By window image.</param>
public sealed record NumberColumn(DriftKind Kind, string Name, string Unit, double[] Reference, double[] Window);

namespace Flywheel.Insight.Drift;

/// <summary>
/// A statistic that needs only the mean of some features over the window's units and over the reference's: what a rearrangement costs does
/// not depend on the number of images.
/// </summary>
abstract class UnitTest
{
    /// <summary>Features of a unit.</summary>
    public abstract int Width { get; }

    /// <summary>Writes a unit's features: weighted means over its images.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="window">Whether its images are the window's.</param>
    /// <param name="features">Zeros, length <see cref="Width"/>.</param>
    public abstract void Fill(SampleUnit unit, bool window, Span<float> features);

    /// <summary>The statistic; larger is more telling.</summary>
    /// <param name="window">Mean features of <paramref name="n"/> units.</param>
    /// <param name="reference">Mean features of <paramref name="m"/> units.</param>
    /// <param name="n">Units in the window.</param>
    /// <param name="m">Units in the reference.</param>
    public abstract double Statistic(ReadOnlySpan<float> window, ReadOnlySpan<float> reference, int n, int m);

    /// <summary>The row for the report, without threshold and p.</summary>
    /// <param name="window">Mean features of the window.</param>
    /// <param name="reference">Mean features of the reference.</param>
    public abstract DriftTest Describe(ReadOnlySpan<float> window, ReadOnlySpan<float> reference);
}

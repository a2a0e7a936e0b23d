namespace Flywheel.Engine.Quality;

/// <summary>Two images that show the same picture, or nearly.</summary>
/// <param name="A">The earlier image.</param>
/// <param name="B">The later image.</param>
/// <param name="Distance">Differing bits of their hashes.</param>
/// <param name="Similarity">Correlation of their pictures, 0..1.</param>
/// <param name="Exact">Whether all that was measured is equal: the same pixels in another file.</param>
readonly record struct DuplicatePair(int A, int B, int Distance, double Similarity, bool Exact);

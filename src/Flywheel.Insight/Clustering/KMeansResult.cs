namespace Flywheel.Insight.Clustering;

/// <summary>A partition of rows.</summary>
/// <param name="Assignment">Cluster of each row, 0..k−1.</param>
/// <param name="Centres">The clusters' means.</param>
/// <param name="Inertia">Sum of squared distances to the own centre.</param>
public sealed record KMeansResult(int[] Assignment, EmbeddingMatrix Centres, double Inertia);

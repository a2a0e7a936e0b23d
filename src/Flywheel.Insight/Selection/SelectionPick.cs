namespace Flywheel.Insight.Selection;

/// <summary>One choice.</summary>
/// <param name="Index">The image's index in the pool.</param>
/// <param name="Score">What the strategy ranked by; higher is more worth labelling.</param>
/// <param name="Reason">In words.</param>
/// <param name="Random">True if drawn uniformly at random.</param>
public sealed record SelectionPick(int Index, double Score, string Reason, bool Random);

namespace Flywheel.Insight.Estimation;

/// <summary>The labelled reference once more, its pictures changed.</summary>
/// <param name="Family">Kind of change; 0 for none. Estimates are judged on families they were not made from.</param>
/// <param name="Scores">The model's answers, image by image in the reference's order.</param>
public sealed record ShiftedReference(int Family, ViewScores Scores);

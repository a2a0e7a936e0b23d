namespace Flywheel.Insight.Drift;

/// <summary>One level of every image: a tag's value, the predicted label.</summary>
/// <param name="Kind">Tag or label.</param>
/// <param name="Name">What it is.</param>
/// <param name="Levels">Names of the levels.</param>
/// <param name="Reference">Index of the level, by reference image.</param>
/// <param name="Window">Index of the level, by window image.</param>
public sealed record CategoryColumn(DriftKind Kind, string Name, IReadOnlyList<string> Levels, int[] Reference, int[] Window);

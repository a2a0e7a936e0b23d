namespace Flywheel;

/// <summary>One slice of the judged images, the new model against the champion.</summary>
/// <param name="Name">Its condition: <c>glasses = 1</c>, <c>width ≤ 30</c>.</param>
/// <param name="Difference">Accuracy, new minus champion, paired, with the interval that holds for all slices at once.</param>
/// <param name="Verdict">What that says of the margin.</param>
public sealed record GateSlice(string Name, Metric Difference, GateVerdict Verdict);

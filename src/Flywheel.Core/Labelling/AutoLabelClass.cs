namespace Flywheel;

/// <summary>What automatic labelling does with one label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Threshold">Probability from which on the model's answer is taken; NaN if no answer is.</param>
/// <param name="Images">Images that get it.</param>
/// <param name="Tested">Labels of people among the answers above the threshold.</param>
/// <param name="Errors">How many of these the model had wrong.</param>
/// <param name="Bound">Lower bound of this label's own precision; the promise is about all labels together.</param>
public sealed record AutoLabelClass(string Label, double Threshold, int Images, int Tested, int Errors, double Bound);

namespace Flywheel.Insight.LabelQuality;

/// <summary>One annotator's opinion of one item.</summary>
/// <param name="Item">0-based.</param>
/// <param name="Annotator">0-based.</param>
/// <param name="Class">0-based.</param>
public readonly record struct Vote(int Item, int Annotator, int Class);

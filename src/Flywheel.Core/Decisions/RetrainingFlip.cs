namespace Flywheel;

/// <summary>A change of one fact that changes the verdict, all else equal.</summary>
/// <param name="Fact">newLabels, perError, perTraining, perLabel, accuracy, volumePerDay, sinceTraining.</param>
/// <param name="Now">What it is.</param>
/// <param name="Threshold">Where the verdict changes: at and beyond it, seen from <paramref name="Now"/>, the new one holds.</param>
/// <param name="Verdict">The verdict there.</param>
/// <param name="Text">In a sentence.</param>
public sealed record RetrainingFlip(string Fact, double Now, double Threshold, RetrainingVerdict Verdict, string Text);

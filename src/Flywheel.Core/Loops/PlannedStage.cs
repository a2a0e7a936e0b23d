namespace Flywheel;

/// <summary>What a run of a loop would do with one stage.</summary>
/// <param name="Number">1-based position.</param>
/// <param name="Name">The stage.</param>
/// <param name="WouldRun">False if its inputs have not changed, so that it would be skipped.</param>
/// <param name="Why">Why it would run or be skipped.</param>
/// <param name="What">What it does, in words.</param>
/// <param name="ImagesToLabel">Images people would have to label, or 0.</param>
/// <param name="Estimate">Expected wall time: what the stage took last time, else a rough figure from the definition; null if unknown.</param>
public sealed record PlannedStage(int Number, string Name, bool WouldRun, string Why, string What, int ImagesToLabel, TimeSpan? Estimate);

namespace Flywheel.Learning.Training;

/// <summary>The schedule of one stage of a training.</summary>
/// <param name="Name">train, continue or adapt.</param>
/// <param name="Epochs">Passes.</param>
/// <param name="Steps">Batches an epoch.</param>
/// <param name="Rate">Peak learning rate.</param>
/// <param name="Rising">Share of the steps until the peak.</param>
/// <param name="Patience">Epochs without a validation result within one standard error of the best before the stage ends early; 0 = never.</param>
/// <param name="Stream">Number that keeps this stage's randomness apart from the others'.</param>
sealed record StageOptions(string Name, int Epochs, int Steps, double Rate, double Rising, int Patience, int Stream);

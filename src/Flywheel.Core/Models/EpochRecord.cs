namespace Flywheel;

/// <summary>One epoch of a training.</summary>
/// <param name="Stage">train, adapt, …: which stage of the recipe.</param>
/// <param name="Epoch">1-based within the stage.</param>
/// <param name="Loss">Mean training loss.</param>
/// <param name="ValidationLoss">Log loss on validation, nats; NaN without validation images.</param>
/// <param name="ValidationBalancedAccuracy">Balanced accuracy on validation in 0..1; NaN without validation images.</param>
/// <param name="Seconds">Wall time.</param>
public sealed record EpochRecord(string Stage, int Epoch, double Loss, double ValidationLoss, double ValidationBalancedAccuracy, double Seconds);

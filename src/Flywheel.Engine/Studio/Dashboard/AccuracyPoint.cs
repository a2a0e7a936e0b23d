namespace Flywheel.Engine.Studio.Dashboard;

/// <summary>How good a model was somewhere at some time.</summary>
/// <param name="Time">When it was measured, UTC.</param>
/// <param name="Model">The model's name.</param>
/// <param name="ModelId">The model.</param>
/// <param name="Version">Its version in the registry, or null.</param>
/// <param name="Kind">published: judged when it was published; production: estimated or audited there; loop: judged at the end of a turn; validation: on its own validation images.</param>
/// <param name="Where">Which images.</param>
/// <param name="Figure">The figure, with interval and n.</param>
public sealed record AccuracyPoint(DateTimeOffset Time, string Model, string ModelId, int? Version, string Kind, string Where, Metric Figure);

namespace Flywheel.Engine.Studio.Dashboard;

/// <summary>A slice, and whether the newest search still confirms it.</summary>
/// <param name="Slice">The slice as it was last confirmed.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Open">True if the newest search of all confirms it.</param>
/// <param name="First">When it was first confirmed, UTC.</param>
/// <param name="Last">When it was last confirmed, UTC.</param>
public sealed record SliceState(Slice Slice, string Model, bool Open, DateTimeOffset First, DateTimeOffset Last);

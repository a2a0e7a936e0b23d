namespace Flywheel.Engine.Registry;

/// <summary>A published version, checked file by file, ready to be served.</summary>
/// <param name="Version">The version.</param>
/// <param name="Model">Its model; <see cref="Model.Path"/> is the version's own folder.</param>
public sealed record Release(ModelVersion Version, Model Model);

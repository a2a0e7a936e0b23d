namespace Flywheel;

/// <summary>A movable pointer to a version, such as production, previous or challenger.</summary>
/// <param name="Name">The alias.</param>
/// <param name="Version">Number of the version it points to.</param>
/// <param name="ModelId">That version's model.</param>
/// <param name="Moved">Since when, UTC.</param>
public sealed record ModelAlias(string Name, int Version, string ModelId, DateTimeOffset Moved)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} → v{Version}";
}

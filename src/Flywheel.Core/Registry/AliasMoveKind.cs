namespace Flywheel;

/// <summary>Why an alias was moved.</summary>
public enum AliasMoveKind
{
    /// <summary>A model was published.</summary>
    Publish,
    /// <summary>An earlier version was put back.</summary>
    Restore,
    /// <summary>The alias was taken away.</summary>
    Remove,
}

namespace Flywheel;

/// <summary>Whether production differs from its reference.</summary>
public enum DriftVerdict
{
    /// <summary>No test passes the threshold the false-alarm budget sets.</summary>
    NoDrift,
    /// <summary>At least one test does.</summary>
    Drift,
    /// <summary>Too few independent groups for any difference to pass it.</summary>
    CannotTell,
}

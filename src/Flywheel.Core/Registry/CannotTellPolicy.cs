namespace Flywheel;

/// <summary>What happens to a model when a gate cannot tell.</summary>
public enum CannotTellPolicy
{
    /// <summary>It is not published; somebody has to label more or decide.</summary>
    Wait,
    /// <summary>It counts as failed: what is not shown is not so.</summary>
    Fail,
    /// <summary>It counts as passed: only what is shown to be bad is refused.</summary>
    Pass,
}

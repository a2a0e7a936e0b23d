namespace Flywheel;

/// <summary>What happened to one stage of a run.</summary>
public enum StageStatus
{
    /// <summary>It ran to its end.</summary>
    Done,
    /// <summary>Its inputs had not changed since it last ran, so its earlier outputs were taken.</summary>
    Skipped,
    /// <summary>It is under way.</summary>
    Running,
    /// <summary>It waits for people.</summary>
    Waiting,
    /// <summary>It ran, and the requirement it checks was not met.</summary>
    GateFailed,
    /// <summary>It failed.</summary>
    Failed,
    /// <summary>The user stopped it, or its process was killed.</summary>
    Cancelled,
}

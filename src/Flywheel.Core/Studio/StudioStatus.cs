namespace Flywheel;

/// <summary>How a studio is.</summary>
public enum StudioStatus
{
    /// <summary>It answers.</summary>
    Ready,
    /// <summary>Its process runs, but does not answer.</summary>
    Silent,
    /// <summary>It was asked to stop and has ended.</summary>
    Stopped,
    /// <summary>Its process ended without being asked to.</summary>
    Ended,
}

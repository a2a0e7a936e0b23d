namespace Flywheel;

/// <summary>How an endpoint is.</summary>
public enum EndpointStatus
{
    /// <summary>It answers, with the version its alias points to.</summary>
    Ready,
    /// <summary>It answers with an older version, because the one its alias points to was refused.</summary>
    Refused,
    /// <summary>It runs, but has no model it could answer with, or is stopping.</summary>
    NotReady,
    /// <summary>Its process runs, but does not answer.</summary>
    Silent,
    /// <summary>It was asked to stop and has ended.</summary>
    Stopped,
    /// <summary>Its process ended without being asked to.</summary>
    Ended,
}

namespace Flywheel;

/// <summary>How a run of a loop ended.</summary>
public enum LoopStatus
{
    /// <summary>Every stage is done.</summary>
    Done,
    /// <summary>Still going on.</summary>
    Running,
    /// <summary>Its process ended without a word (killed, power cut); the next run goes on from there.</summary>
    Interrupted,
    /// <summary>A stage failed.</summary>
    Failed,
    /// <summary>Every stage ran, and what <c>prove.require</c> asks was not met.</summary>
    GateFailed,
    /// <summary>The run stopped because people must label images first; the next run goes on from there.</summary>
    WaitingForPeople,
    /// <summary>The user stopped it; the next run goes on from there.</summary>
    Cancelled,
}

namespace Flywheel;

/// <summary>How far one image of a queue has come.</summary>
public enum QueueItemState
{
    /// <summary>It waits.</summary>
    Open = 0,
    /// <summary>Somebody has it on the screen.</summary>
    Claimed = 1,
    /// <summary>As many people as asked for have answered.</summary>
    Done = 2,
    /// <summary>Somebody passed it on; others may still answer.</summary>
    Skipped = 3,
    /// <summary>Somebody set it aside because something is wrong with it.</summary>
    Flagged = 4,
}

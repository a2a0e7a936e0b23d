namespace Flywheel;

/// <summary>What became of an annotation that was sent to people.</summary>
public enum ReceivedKind
{
    /// <summary>As it is in the catalogue.</summary>
    Unchanged = 0,
    /// <summary>A label or box where there was none.</summary>
    New = 1,
    /// <summary>Another label, or a box moved, resized or relabelled.</summary>
    Changed = 2,
    /// <summary>A box removed, or a label withdrawn because the image shows none of them.</summary>
    Deleted = 3,
    /// <summary>Somebody looked and says that there is nothing.</summary>
    Empty = 4,
    /// <summary>A person gives, without having seen it, the label that was there, or confirms what a machine said.</summary>
    Confirmed = 5,
    /// <summary>The answer of one of several annotators beside the one that counts: the last, or the one marked as the truth.</summary>
    Vote = 6,
    /// <summary>Nobody has answered yet.</summary>
    Open = 7,
    /// <summary>Somebody passed the image on.</summary>
    Skipped = 8,
}

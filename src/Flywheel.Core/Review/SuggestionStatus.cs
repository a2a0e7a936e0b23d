namespace Flywheel;

/// <summary>What became of a suggestion.</summary>
public enum SuggestionStatus
{
    /// <summary>Nobody has decided.</summary>
    Open = 0,
    /// <summary>A reviewer took it as it is.</summary>
    Accepted = 1,
    /// <summary>A reviewer left the annotation as it was.</summary>
    Rejected = 2,
    /// <summary>A reviewer changed the annotation, but to something else.</summary>
    Edited = 3,
    /// <summary>Nobody has decided, and the annotation is no longer what the suggestion would change.</summary>
    Stale = 4,
}

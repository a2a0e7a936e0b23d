namespace Flywheel;

/// <summary>What a report says of a prediction.</summary>
public enum FeedbackVerdict
{
    /// <summary>The prediction is right.</summary>
    Right,
    /// <summary>The prediction is wrong.</summary>
    Wrong,
}

namespace Flywheel.Engine.Studio.Review;

/// <summary>How far an audit is.</summary>
public enum AuditState
{
    /// <summary>Some of the sample wait for a verdict.</summary>
    InReview,
    /// <summary>The sample shows what was asked for: the rest may be accepted.</summary>
    Passed,
    /// <summary>The sample does not show it: the rest has to be looked at one by one.</summary>
    Failed,
}

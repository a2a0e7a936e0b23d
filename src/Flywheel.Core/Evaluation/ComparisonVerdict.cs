namespace Flywheel;

/// <summary>What a paired comparison says of the second model.</summary>
public enum ComparisonVerdict
{
    /// <summary>The interval of the difference contains zero.</summary>
    CannotTell,
    /// <summary>The second model is better.</summary>
    Better,
    /// <summary>The second model is worse.</summary>
    Worse,
}

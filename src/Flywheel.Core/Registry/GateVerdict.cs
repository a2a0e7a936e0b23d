namespace Flywheel;

/// <summary>What the figures say of a gate's demand.</summary>
public enum GateVerdict
{
    /// <summary>The whole interval meets the bound.</summary>
    Pass,
    /// <summary>No point of the interval meets the bound.</summary>
    Fail,
    /// <summary>The interval straddles the bound, or the figure cannot be had from these images.</summary>
    CannotTell,
}

namespace Flywheel.Insight.LabelQuality;

/// <summary>How label errors are told.</summary>
public sealed record LabelErrorOptions
{
    /// <summary>Which signs flag.</summary>
    public LabelErrorRule Rule { get; init; } = LabelErrorRule.Union;

    /// <summary>Least difference between the most probable class's probability and the given one's that is a clear disagreement, 0..1.</summary>
    public double Margin { get; init; } = 0.5;

    internal void Validate()
    {
        if (!(Margin is >= 0 and <= 1))
            throw new FlywheelException("InvalidMargin", FaultCategory.InvalidArgument, $"A margin of {Margin} is not allowed.", Margin, "Give 0 to 1; 0.5 is the default.");
    }

    internal LabelErrorSigns Wanted => Rule switch
    {
        LabelErrorRule.PruneByNoiseRate => LabelErrorSigns.NoiseRate,
        LabelErrorRule.PredictedNotGiven => LabelErrorSigns.PredictedNotGiven,
        _ => LabelErrorSigns.NoiseRate | LabelErrorSigns.ClearMargin,
    };
}

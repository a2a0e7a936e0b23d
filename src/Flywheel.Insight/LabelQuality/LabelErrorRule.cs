namespace Flywheel.Insight.LabelQuality;

/// <summary>Which signs make a label suspect.</summary>
public enum LabelErrorRule
{
    /// <summary>Confident learning's noise rates, or a clear disagreement: <see cref="LabelErrorSigns.NoiseRate"/> or <see cref="LabelErrorSigns.ClearMargin"/>.</summary>
    Union,
    /// <summary>Confident learning's noise rates alone: what cleanlab's <c>find_label_issues</c> does unless told otherwise.</summary>
    PruneByNoiseRate,
    /// <summary>Every disagreement.</summary>
    PredictedNotGiven,
}

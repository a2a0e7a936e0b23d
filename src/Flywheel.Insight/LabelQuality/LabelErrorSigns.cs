namespace Flywheel.Insight.LabelQuality;

/// <summary>What speaks against a given label.</summary>
[Flags]
public enum LabelErrorSigns : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Among the n most doubtful of its label for some other class, n being the estimated number of errors between the two.</summary>
    NoiseRate = 1,
    /// <summary>Another class is more probable.</summary>
    PredictedNotGiven = 2,
    /// <summary>Another class is more probable by the margin.</summary>
    ClearMargin = 4,
}

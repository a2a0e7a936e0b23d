namespace Flywheel;

/// <summary>What to do about a model in production.</summary>
public enum RetrainingVerdict
{
    /// <summary>Leave it as it is for now.</summary>
    Wait,
    /// <summary>Have images labelled before anything else: for what they tell, for what a training learns from them, or both.</summary>
    LabelFirst,
    /// <summary>Retrain now with the labels at hand.</summary>
    Retrain,
}

namespace Flywheel;

/// <summary>Named training configurations.</summary>
public enum TrainingPreset
{
    /// <summary>Small network, few epochs: a first look.</summary>
    Fast,
    /// <summary>The everyday choice.</summary>
    Balanced,
    /// <summary>Larger network, more epochs.</summary>
    Accurate,
}

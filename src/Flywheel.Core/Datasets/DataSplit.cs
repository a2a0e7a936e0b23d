namespace Flywheel;

/// <summary>What an image is used for. Sticky: once given, it never changes within a dataset.</summary>
public enum DataSplit
{
    /// <summary>Not split yet.</summary>
    None = 0,
    /// <summary>Models learn from it.</summary>
    Train = 1,
    /// <summary>Early stopping and calibration look at it.</summary>
    Validation = 2,
    /// <summary>Only the final judgement looks at it.</summary>
    Test = 3,
}

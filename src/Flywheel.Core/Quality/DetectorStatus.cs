namespace Flywheel;

/// <summary>What came of a detector.</summary>
public enum DetectorStatus
{
    /// <summary>Nothing was found.</summary>
    Pass = 0,

    /// <summary>It could not be asked, for want of labels, splits or images; the summary says of what.</summary>
    NotRun = 1,

    /// <summary>Something was found by a detector that warns.</summary>
    Warning = 2,

    /// <summary>Something was found by a detector whose findings are critical.</summary>
    Fail = 3,
}

namespace Flywheel;

/// <summary>From which findings on a check of a data set counts as failed.</summary>
public enum DatasetFailure
{
    /// <summary>When a critical detector found something.</summary>
    Critical = 0,

    /// <summary>When any detector found something.</summary>
    Warning = 1,

    /// <summary>Never: the report is all that is wanted.</summary>
    None = 2,
}

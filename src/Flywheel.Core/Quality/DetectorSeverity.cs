namespace Flywheel;

/// <summary>What a detector's finding means for the data set.</summary>
public enum DetectorSeverity
{
    /// <summary>Worth looking at; results stay valid.</summary>
    Warning = 0,

    /// <summary>Results measured on the data set cannot be trusted until it is settled.</summary>
    Critical = 1,
}

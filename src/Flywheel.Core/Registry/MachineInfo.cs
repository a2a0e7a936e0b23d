namespace Flywheel;

/// <summary>Where something was made or measured.</summary>
public sealed record MachineInfo
{
    /// <summary>Operating system with its version.</summary>
    public required string System { get; init; }

    /// <summary>Processor architecture.</summary>
    public required string Processor { get; init; }

    /// <summary>Logical processors.</summary>
    public int Processors { get; init; }

    /// <summary>.NET with its version.</summary>
    public required string Framework { get; init; }

    /// <summary>Versions of Flywheel and of the packages a model is made and run with.</summary>
    public required IReadOnlyDictionary<string, string> Packages { get; init; }
}

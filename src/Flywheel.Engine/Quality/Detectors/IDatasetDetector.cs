namespace Flywheel.Engine.Quality.Detectors;

/// <summary>Looks for one kind of problem in a data set.</summary>
interface IDatasetDetector
{
    /// <summary>Its name, as users and loops write it.</summary>
    string Name { get; }

    /// <summary>What it looks for, in a few words.</summary>
    string About { get; }

    /// <summary>What its findings mean.</summary>
    DetectorSeverity Severity { get; }

    /// <summary>True for one that takes minutes: it runs only when named.</summary>
    bool OnlyByName => false;

    /// <summary>Looks.</summary>
    DetectorOutcome Run(DetectorContext context);
}

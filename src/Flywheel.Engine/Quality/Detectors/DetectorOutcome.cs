namespace Flywheel.Engine.Quality.Detectors;

/// <summary>What a detector found.</summary>
sealed record DetectorOutcome
{
    /// <summary>From this score on an image is flagged.</summary>
    public const double Flag = 0.5;

    /// <summary>Images it could judge.</summary>
    public int N { get; init; }

    /// <summary>Score of every image of the data set, 0..1; empty if the detector judges the data set as a whole.</summary>
    public IReadOnlyList<double> Scores { get; init; } = [];

    /// <summary>Flagged images, in any order.</summary>
    public IReadOnlyList<DatasetFinding> Findings { get; init; } = [];

    /// <summary>The finding in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Whether there is a finding; by default if an image is flagged.</summary>
    public bool? Found { get; init; }

    /// <summary>True if it could not be asked.</summary>
    public bool NotRun { get; init; }

    /// <summary>Probability of the finding by chance, of a detector that tests the data set as a whole.</summary>
    public double? P { get; init; }

    /// <summary>What to propose to a reviewer.</summary>
    public IReadOnlyList<Suggestion> Suggestions { get; init; } = [];

    /// <summary>A detector that could not be asked.</summary>
    public static DetectorOutcome CannotRun(string why) => new() { Summary = why, NotRun = true };
}

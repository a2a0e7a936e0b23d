namespace Flywheel.Engine.Quality;

/// <summary>What to check of a data set, and what to make of the findings.</summary>
public sealed record DatasetCheckRequest
{
    /// <summary>Name of the dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Detectors, or groups of them, by name; all of them when empty.</summary>
    public IReadOnlyCollection<string> Detectors { get; init; } = [];

    /// <summary>Model whose embeddings tell which images are alike; null to compare the pictures themselves.</summary>
    public string? Model { get; init; }

    /// <summary>From which findings on the check counts as failed.</summary>
    public DatasetFailure FailOn { get; init; }

    /// <summary>Make suggestions of the findings.</summary>
    public bool Suggest { get; init; }

    /// <summary>Share of suggestions reviewers should accept: the scores from which on they did so far are the least for new ones.</summary>
    public double Acceptance { get; init; } = Review.SuggestionAcceptances.DefaultTarget;

    /// <summary>Folder to draw a contact sheet per detector into, or null.</summary>
    public string? ContactSheetFolder { get; init; }

    /// <summary>HTML file to write the report to, or null.</summary>
    public string? ReportPath { get; init; }

    /// <summary>Keep the report in the catalogue, and what a model saw in its score files.</summary>
    public bool Store { get; init; } = true;

    /// <summary>Seed of what is drawn at random.</summary>
    public long Seed { get; init; } = 1;
}

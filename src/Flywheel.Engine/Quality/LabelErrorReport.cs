namespace Flywheel.Engine.Quality;

/// <summary>What was found in a dataset's labels.</summary>
public sealed record LabelErrorReport
{
    /// <summary>The errors by rank; with <see cref="LabelErrorRequest.All"/>, every judged image.</summary>
    public required IReadOnlyList<LabelError> Errors { get; init; }

    /// <summary>Labelled images a classifier judged.</summary>
    public int Judged { get; init; }

    /// <summary>Labelled images it could not judge: unreadable, or too few of their label.</summary>
    public int NotJudged { get; init; }

    /// <summary>Errors flagged, conflicting duplicates included.</summary>
    public int Flagged { get; init; }

    /// <summary>Images that have an identical picture with another label.</summary>
    public int Conflicting { get; init; }

    /// <summary>Errors confident learning estimates there are.</summary>
    public int Estimated { get; init; }

    /// <summary>Share of the given labels the out-of-sample classifier agrees with; NaN if it judged none.</summary>
    public double Agreement { get; init; } = double.NaN;

    /// <summary>How the probabilities were made.</summary>
    public string Folds { get; init; } = "";

    /// <summary>Id of the model whose embeddings were read, or null.</summary>
    public string? ModelId { get; init; }
}

namespace Flywheel;

/// <summary>What the import of a model's log did, or would do.</summary>
public sealed record PredictionImport
{
    /// <summary>The log, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>The model the predictions are of.</summary>
    public required Model Model { get; init; }

    /// <summary>True if the model was not known before.</summary>
    public bool NewModel { get; init; }

    /// <summary>Predictions that were new.</summary>
    public int Added { get; init; }

    /// <summary>Predictions that were there already.</summary>
    public int Known { get; init; }

    /// <summary>Rows left out; each was reported as a fault.</summary>
    public int Failed { get; init; }

    /// <summary>Images that were new to the catalogue.</summary>
    public int Images { get; init; }

    /// <summary>Predictions, of those added, whose image was not found on disk or in the catalogue; they are known by hash only.</summary>
    public int WithoutImage { get; init; }

    /// <summary>Reports that were new.</summary>
    public int Feedback { get; init; }

    /// <summary>The dataset new images went to.</summary>
    public required string Dataset { get; init; }

    /// <summary>Time of the earliest prediction in the log, UTC; null if no row could be taken.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Time of the latest.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Wall time.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Name of the model.</summary>
    public string ModelName => Model.Name;

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{Added:N0} predictions of '{Model.Name}'{(NewModel ? ", a new external model," : "")} from '{System.IO.Path.GetFileName(Path)}' ({Known:N0} known, {Failed:N0} rows left out), {Images:N0} new images into '{Dataset}', {Feedback:N0} reports");
}

using Flywheel.Formats.Logs;

namespace Flywheel.Engine.Production.Logs;

/// <summary>A log of predictions to bring in.</summary>
public sealed record PredictionImportRequest
{
    /// <summary>The log: CSV with a header, or JSON Lines.</summary>
    public required string Path { get; init; }

    /// <summary>Name, alias or id of the model that made them.</summary>
    public required string Model { get; init; }

    /// <summary>True: the model runs elsewhere, and is recorded under its name if it is not yet known.</summary>
    public bool External { get; init; }

    /// <summary>Labels of a model that runs elsewhere, in order; empty: those its logs have.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <inheritdoc cref="LogOptions.Columns"/>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }

    /// <inheritdoc cref="LogOptions.Scores"/>
    public IReadOnlyDictionary<string, string>? Scores { get; init; }

    /// <inheritdoc cref="LogOptions.Tags"/>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <inheritdoc cref="LogOptions.Root"/>
    public string? Root { get; init; }

    /// <inheritdoc cref="LogOptions.AllowOutside"/>
    public bool AllowOutside { get; init; }

    /// <summary>Dataset the images are added to. Null: those the catalogue does not know go to <see cref="PredictionOptions.Inbox"/>.</summary>
    public string? Dataset { get; init; }

    /// <summary>False: only tell what would be added.</summary>
    public bool Store { get; init; } = true;
}

using Flywheel.Formats.Logs;

namespace Flywheel.Engine.Production.Logs;

/// <summary>A log of users' reports to bring in.</summary>
public sealed record FeedbackImportRequest
{
    /// <summary>The log: CSV with a header, or JSON Lines.</summary>
    public required string Path { get; init; }

    /// <summary>Name, alias or id of the model whose predictions are meant where a row names an image or an id of the model's own log; null: any.</summary>
    public string? Model { get; init; }

    /// <summary>Who reports where the log does not say.</summary>
    public string? Reporter { get; init; }

    /// <inheritdoc cref="LogOptions.Columns"/>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }

    /// <inheritdoc cref="LogOptions.Root"/>
    public string? Root { get; init; }

    /// <inheritdoc cref="LogOptions.AllowOutside"/>
    public bool AllowOutside { get; init; }

    /// <summary>False: only tell what would be added.</summary>
    public bool Store { get; init; } = true;
}

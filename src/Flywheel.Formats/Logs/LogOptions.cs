namespace Flywheel.Formats.Logs;

/// <summary>How a log is to be read.</summary>
public sealed record LogOptions
{
    /// <summary>The log.</summary>
    public required string Path { get; init; }

    /// <summary>Column by field, where the usual names do not tell it; an empty column says that there is none.</summary>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }

    /// <summary>Label by column that holds its score; null: columns called <c>score_open</c>, <c>scores.open</c>, <c>p_open</c> and the like, or like the labels.</summary>
    public IReadOnlyDictionary<string, string>? Scores { get; init; }

    /// <summary>Columns that are tags; null: all that are nothing else.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Labels of the model, where they are known.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Folder that paths in the log are relative to; null: the log's own.</summary>
    public string? Root { get; init; }

    /// <summary>Whether paths may lead out of <see cref="Root"/>.</summary>
    public bool AllowOutside { get; init; }
}

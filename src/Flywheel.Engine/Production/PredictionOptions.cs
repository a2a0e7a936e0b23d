namespace Flywheel.Engine.Production;

/// <summary>What happens to predictions besides being handed out.</summary>
public sealed record PredictionOptions
{
    /// <summary>Dataset that files and images are added to. Null: files the catalogue does not know go to <see cref="Inbox"/>.</summary>
    public string? Dataset { get; init; }

    /// <summary>False: neither predictions nor images nor embeddings are recorded.</summary>
    public bool Store { get; init; } = true;

    /// <summary>The dataset for files that came from nowhere in particular.</summary>
    public const string Inbox = "inbox";
}

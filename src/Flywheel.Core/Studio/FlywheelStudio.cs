namespace Flywheel;

/// <summary>A process that shows the workspace's pages to people: labelling, review, the catalogue, the state of things.</summary>
public sealed record FlywheelStudio
{
    /// <summary>Where it listens, for example <c>http://127.0.0.1:7374</c>.</summary>
    public required string Url { get; init; }

    /// <summary>Its process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>How it is.</summary>
    public StudioStatus Status { get; init; }

    /// <summary>The page to begin with: the queue asked for, or the list of queues.</summary>
    public string Page { get; init; } = "";

    /// <summary>True where the pages ask for a key.</summary>
    public bool Keyed { get; init; }

    /// <summary>When it began to listen, UTC.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Folder of its logs.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>Root folder of its workspace.</summary>
    public string Workspace { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Url;
}

namespace Flywheel;

/// <summary>A process that answers predictions over HTTP with the version an alias points to.</summary>
public sealed record FlywheelEndpoint
{
    /// <summary>Where it listens, for example <c>http://127.0.0.1:7373</c>.</summary>
    public required string Url { get; init; }

    /// <summary>Its process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>How it is.</summary>
    public EndpointStatus Status { get; init; }

    /// <summary>The alias it follows.</summary>
    public required string Alias { get; init; }

    /// <summary>Name of the model in service, or null while there is none.</summary>
    public string? Model { get; init; }

    /// <summary>Id of the model in service.</summary>
    public string? ModelId { get; init; }

    /// <summary>Number of the version in service.</summary>
    public int? Version { get; init; }

    /// <summary>Why the version the alias points to is not in service, or null.</summary>
    public string? Refusal { get; init; }

    /// <summary>The alias that is scored in shadow, or null.</summary>
    public string? Challenger { get; init; }

    /// <summary>Which images are kept: <c>all</c>, <c>none</c>, <c>sampled:0.1</c>, <c>uncertain:0.8</c>.</summary>
    public string Keep { get; init; } = "all";

    /// <summary>How long kept images stay; null for ever.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>When it began to listen, UTC.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Folder of its logs.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>Root folder of its workspace.</summary>
    public string Workspace { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Url;
}

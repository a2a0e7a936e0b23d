using Flywheel.Formats.Annotations;

namespace Flywheel.Engine.Annotations;

/// <summary>What to take back from people, and how.</summary>
public sealed record ReceiveRequest
{
    /// <summary>The file or folder; absolute. Of what a server sent, a name for messages.</summary>
    public required string Path { get; init; }

    /// <summary>What came back, if it was read already; else <see cref="Path"/> is read.</summary>
    public ToolResult? Result { get; init; }

    /// <summary>The answers of a project on a server.</summary>
    /// <exception cref="FlywheelException">Those of <see cref="LabelStudioServer.Export"/>.</exception>
    public static ReceiveRequest From(LabelStudioServer server, string project, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(server);
        return new ReceiveRequest { Path = $"project {project} of {server.Address}", Result = server.Export(project, token) };
    }

    /// <summary>The queue; found by the file when null.</summary>
    public string? Queue { get; init; }

    /// <summary>One of <see cref="AnnotationFile.Formats"/>.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>True: all of the file has been looked at, so that an image without anything has nothing and an untouched proposal is right.</summary>
    public bool Complete { get; init; }

    /// <summary>True: also replace what was changed in the catalogue since the task was sent.</summary>
    public bool Force { get; init; }

    /// <summary>False: tell what would be recorded.</summary>
    public bool Store { get; init; } = true;

    /// <summary>Who says so, where the file does not tell; the user's name when null.</summary>
    public string? Author { get; init; }
}

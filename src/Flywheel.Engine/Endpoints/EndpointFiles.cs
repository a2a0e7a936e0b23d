using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Endpoints;

/// <summary>What endpoints leave in <c>.flywheel/endpoint/</c>: a file for each that runs, the wish to stop, keys, logs.</summary>
public static class EndpointFiles
{
    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() } };

    /// <summary>The folder.</summary>
    public static string FolderOf(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return Path.Combine(workspace.StatePath, "endpoint");
    }

    /// <summary>The keys.</summary>
    public static string KeysOf(Workspace workspace) => Path.Combine(FolderOf(workspace), "keys.json");

    /// <summary>The logs.</summary>
    public static string LogsOf(Workspace workspace) => Path.Combine(FolderOf(workspace), "logs");

    /// <summary>The file whose appearance stops an endpoint.</summary>
    public static string StopOf(Workspace workspace, int processId) => Path.Combine(FolderOf(workspace), Name(processId) + ".stop");

    /// <summary>Says that an endpoint listens.</summary>
    /// <exception cref="FlywheelException"><c>FileNotWritable</c>.</exception>
    public static void Write(Workspace workspace, FlywheelEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        AtomicFile.Write(StateOf(workspace, endpoint.ProcessId), JsonSerializer.Serialize(endpoint with { Workspace = "", LogPath = "" }, s_json));
    }

    /// <summary>Forgets an endpoint that has ended.</summary>
    public static void Remove(Workspace workspace, int processId)
    {
        foreach (var file in (string[])[StateOf(workspace, processId), StopOf(workspace, processId)])
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A file left over names a process that is gone, and is passed over.
            }
        }
    }

    /// <summary>One endpoint's file, or null.</summary>
    public static FlywheelEndpoint? Find(Workspace workspace, int processId) => Read(workspace, StateOf(workspace, processId));

    /// <summary>Every endpoint that said it listens and did not say it ended, oldest first.</summary>
    public static IReadOnlyList<FlywheelEndpoint> All(Workspace workspace)
    {
        var folder = FolderOf(workspace);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.GetFiles(folder, "process-*.json").Select(f => Read(workspace, f)).OfType<FlywheelEndpoint>().OrderBy(e => e.Started)];
    }

    static FlywheelEndpoint? Read(Workspace workspace, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<FlywheelEndpoint>(File.ReadAllText(file), s_json) is { } endpoint ? endpoint with { Workspace = workspace.Root, LogPath = LogsOf(workspace) } : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // ended meanwhile
        }
    }

    static string StateOf(Workspace workspace, int processId) => Path.Combine(FolderOf(workspace), Name(processId) + ".json");

    static string Name(int processId) => string.Create(CultureInfo.InvariantCulture, $"process-{processId}");
}

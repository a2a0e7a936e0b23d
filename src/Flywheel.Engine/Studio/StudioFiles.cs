using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Studio;

/// <summary>What studios leave in <c>.flywheel/studio/</c>: a file for each that runs, the wish to stop, the secret of sessions, logs.</summary>
public static class StudioFiles
{
    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() } };

    /// <summary>The folder.</summary>
    public static string FolderOf(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return Path.Combine(workspace.StatePath, "studio");
    }

    /// <summary>The logs.</summary>
    public static string LogsOf(Workspace workspace) => Path.Combine(FolderOf(workspace), "logs");

    /// <summary>What signs the sessions of people who showed a key.</summary>
    public static string SecretOf(Workspace workspace) => Path.Combine(FolderOf(workspace), "secret");

    /// <summary>The file whose appearance stops a studio.</summary>
    public static string StopOf(Workspace workspace, int processId) => Path.Combine(FolderOf(workspace), Name(processId) + ".stop");

    /// <summary>Says that a studio listens.</summary>
    /// <exception cref="FlywheelException"><c>FileNotWritable</c>.</exception>
    public static void Write(Workspace workspace, FlywheelStudio studio)
    {
        ArgumentNullException.ThrowIfNull(studio);
        AtomicFile.Write(StateOf(workspace, studio.ProcessId), JsonSerializer.Serialize(studio with { Workspace = "", LogPath = "", Page = "" }, s_json));
    }

    /// <summary>Forgets a studio that has ended.</summary>
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

    /// <summary>One studio's file, or null.</summary>
    public static FlywheelStudio? Find(Workspace workspace, int processId) => Read(workspace, StateOf(workspace, processId));

    /// <summary>Every studio that said it listens and did not say it ended, oldest first.</summary>
    public static IReadOnlyList<FlywheelStudio> All(Workspace workspace)
    {
        var folder = FolderOf(workspace);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.GetFiles(folder, "process-*.json").Select(f => Read(workspace, f)).OfType<FlywheelStudio>().OrderBy(s => s.Started)];
    }

    static FlywheelStudio? Read(Workspace workspace, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<FlywheelStudio>(File.ReadAllText(file), s_json) is { } studio ? studio with { Workspace = workspace.Root, LogPath = LogsOf(workspace), Page = studio.Url + "/studio/label" } : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // ended meanwhile
        }
    }

    static string StateOf(Workspace workspace, int processId) => Path.Combine(FolderOf(workspace), Name(processId) + ".json");

    static string Name(int processId) => string.Create(CultureInfo.InvariantCulture, $"process-{processId}");
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Flywheel.Engine.Loops.Running;

/// <summary>What each stage of a loop made when it last ran to its end, kept between runs.</summary>
sealed class LoopState
{
    readonly string? _path;

    LoopState(string? path, StateFile file)
    {
        _path = path;
        File = file;
    }

    StateFile File { get; }

    /// <summary>The state file of a loop.</summary>
    public static string PathOf(string stateFolder, string loop) => Path.Combine(stateFolder, "loops", loop + ".json");

    /// <summary>State that is never written, for plans of workspaces that do not exist yet.</summary>
    public static LoopState Empty() => new(null, new StateFile());

    /// <summary>The state as last saved. A file that is damaged counts as none: every stage runs again, which is slow but right.</summary>
    public static LoopState Load(string path, IReporter reporter)
    {
        if (!System.IO.File.Exists(path)) return new LoopState(path, new StateFile());
        try
        {
            var file = JsonSerializer.Deserialize<StateFile>(System.IO.File.ReadAllText(path), LoopJson.Options);
            if (file is { Version: 1 }) return new LoopState(path, file);
            reporter.Warning($"The state file '{path}' has another version; every stage runs again.");
        }
        catch (JsonException e)
        {
            reporter.Warning($"The state file '{path}' is damaged ({e.Message}); every stage runs again.");
        }
        return new LoopState(path, new StateFile());
    }

    public StageRecord? Find(string stage) => File.Stages.GetValueOrDefault(stage);

    public T? Output<T>(string stage) => Find(stage)?.Output is { } output ? output.Deserialize<T>(LoopJson.Options) : default;

    public void Save(string stage, StageRecord record)
    {
        File.Stages[stage] = record;
        if (_path is not null) AtomicFile.Write(_path, JsonSerializer.Serialize(File, LoopJson.Readable));
    }

    /// <summary>SHA-256 over the inputs in the order of their names.</summary>
    public static string Fingerprint(IReadOnlyDictionary<string, string> inputs)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in inputs.OrderBy(i => i.Key, StringComparer.Ordinal))
            text.Append(name.Length).Append(':').Append(name).Append(value.Length).Append(':').Append(value); // lengths keep pairs apart
        return Hash(text.ToString());
    }

    /// <summary>SHA-256 of a text, 64 hexadecimal digits.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    sealed class StateFile
    {
        public int Version { get; init; } = 1;
        public SortedDictionary<string, StageRecord> Stages { get; init; } = new(StringComparer.Ordinal);
    }
}

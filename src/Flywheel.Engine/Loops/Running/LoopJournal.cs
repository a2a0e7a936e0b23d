using System.Text;
using System.Text.Json;

namespace Flywheel.Engine.Loops.Running;

/// <summary>
/// The append-only record of a run, <c>events.jsonl</c>: one JSON object a line, on disk before the run goes on. A killed process
/// leaves at most one torn last line.
/// </summary>
sealed class LoopJournal : IDisposable
{
    public const string FileName = "events.jsonl";
    readonly FileStream _stream;
    readonly TimeProvider _time;
    readonly Lock _gate = new();

    public LoopJournal(string runFolder, TimeProvider time)
    {
        Directory.CreateDirectory(runFolder);
        _time = time;
        // FileMode.Append seeks to the end once; readers may look on.
        _stream = new FileStream(Path.Combine(runFolder, FileName), FileMode.Append, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Appends one event; null fields are left out.</summary>
    public void Write(string name, params ReadOnlySpan<(string Key, object? Value)> fields)
    {
        var record = new Dictionary<string, object?> { ["time"] = _time.GetUtcNow(), ["event"] = name };
        foreach (var (key, value) in fields)
            if (value is not null) record[key] = value;
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(record, LoopJson.Options) + "\n");
        lock (_gate)
        {
            _stream.Write(line);
            _stream.Flush(flushToDisk: true);
        }
    }

    /// <summary>The events of a run; a torn last line is left out.</summary>
    public static IReadOnlyList<JsonElement> Read(string runFolder)
    {
        var path = Path.Combine(runFolder, FileName);
        if (!File.Exists(path)) return [];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var events = new List<JsonElement>();
        while (reader.ReadLine() is { } line)
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                events.Add(document.RootElement.Clone());
            }
            catch (JsonException)
            {
                break; // what follows a torn line was never written
            }
        }
        return events;
    }

    public void Dispose() => _stream.Dispose();
}

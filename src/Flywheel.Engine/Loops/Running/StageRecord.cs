using System.Text.Json;

namespace Flywheel.Engine.Loops.Running;

/// <summary>One stage's last run to its end.</summary>
sealed record StageRecord
{
    public required string Fingerprint { get; init; }

    /// <summary>The inputs behind the fingerprint, to say which one changed.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    public JsonElement? Output { get; init; }
    public required string Summary { get; init; }
    public double Seconds { get; init; }
    public required string RunId { get; init; }
    public DateTimeOffset Finished { get; init; }
}

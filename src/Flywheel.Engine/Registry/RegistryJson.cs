using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flywheel.Engine.Registry;

/// <summary>How models, cards and gate reports are written as JSON.</summary>
static class RegistryJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    static readonly JsonSerializerOptions s_whole = new(Options) { IgnoreReadOnlyProperties = false };

    /// <summary>A gate's report with its verdict, as the history keeps it.</summary>
    public static string Write(GateReport report) => JsonSerializer.Serialize(report, s_whole);

    /// <summary>A model without what belongs to the workspace it lies in.</summary>
    public static Model Portable(Model model) => model with { Path = "", Workspace = "", Version = null, Aliases = [] };
}

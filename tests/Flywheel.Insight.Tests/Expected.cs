using System.Text.Json;

namespace Flywheel.Insight.Tests;

/// <summary>The values reference/expected.py and drift.py computed with scikit-learn, SciPy and NumPy.</summary>
static class Expected
{
    static readonly JsonElement s_root = Read("expected.json"), s_drift = Read("drift.json");

    static JsonElement Read(string file)
    {
        using var stream = typeof(Expected).Assembly.GetManifestResourceStream(file)!;
        return JsonDocument.Parse(stream).RootElement.Clone();
    }

    public static JsonElement Of(string name) => s_root.GetProperty(name);

    public static JsonElement OfDrift(string name) => s_drift.GetProperty(name);

    public static double Number(this JsonElement e, string name) => e.GetProperty(name).GetDouble();

    public static int Integer(this JsonElement e, string name) => e.GetProperty(name).GetInt32();

    public static double[] Numbers(this JsonElement e, string name) => [.. e.GetProperty(name).EnumerateArray().Select(x => x.GetDouble())];

    public static float[] Floats(this JsonElement e, string name) => [.. e.GetProperty(name).EnumerateArray().Select(x => (float)x.GetDouble())];

    public static int[] Integers(this JsonElement e, string name) => [.. e.GetProperty(name).EnumerateArray().Select(x => x.GetInt32())];

    public static bool[] Booleans(this JsonElement e, string name) => [.. e.GetProperty(name).EnumerateArray().Select(x => x.GetBoolean())];
}

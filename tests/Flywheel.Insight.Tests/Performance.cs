using System.Text.Json;

namespace Flywheel.Insight.Tests;

/// <summary>The values reference/performance.py computed with NumPy, SciPy and scikit-learn.</summary>
static class Performance
{
    static readonly JsonElement s_root = Read();

    static JsonElement Read()
    {
        using var stream = typeof(Performance).Assembly.GetManifestResourceStream("performance.json")!;
        return JsonDocument.Parse(stream).RootElement.Clone();
    }

    public static JsonElement Of(string name) => s_root.GetProperty(name);
}

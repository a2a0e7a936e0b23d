using System.Text.Json;

namespace Flywheel.Imaging.Tests;

/// <summary>What Pillow and numpy say, as made by reference/make.py.</summary>
static class Reference
{
    public sealed record Measured(double Brightness, double Contrast, double Sharpness, double Entropy, double Colorfulness, string Hash);

    public sealed record FileTruth(string Format, int Width, int Height, int Channels, int Tolerance, string Pixels, Measured? Measured);

    public sealed record Resized(string File, int Width, int Height, int Channels, string Pixels);

    sealed record Document(Dictionary<string, FileTruth> Files, List<Resized> Resized);

    static readonly string s_root = System.IO.Path.Combine(AppContext.BaseDirectory, "reference");

    static readonly Document s_document = JsonSerializer.Deserialize<Document>(File.ReadAllText(System.IO.Path.Combine(s_root, "expected.json")), JsonSerializerOptions.Web)!;

    public static IReadOnlyDictionary<string, FileTruth> Files => s_document.Files;

    public static IReadOnlyList<Resized> AllResized => s_document.Resized;

    public static string Path(string name) => System.IO.Path.Combine(s_root, "files", name);

    /// <summary>The shared real images, or a skipped test where they are absent.</summary>
    public static string SharedData(string folder)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Flywheel.slnx")))
            {
                var data = System.IO.Path.GetFullPath(System.IO.Path.Combine(at.FullName, "..", "shared", "data", folder));
                if (Directory.Exists(data)) return data;
                break;
            }
        Assert.Skip($"The real images ../shared/data/{folder} are not here.");
        return "";
    }
}

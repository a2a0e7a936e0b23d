using System.Runtime.CompilerServices;

namespace Flywheel.Engine.Tests;

/// <summary>The real images for development, which lie beside the repository and are not part of it.</summary>
static class SharedData
{
    /// <summary>A folder of <c>../shared/data</c>; the test is skipped where it is absent.</summary>
    public static string Folder(string name, [CallerFilePath] string here = "")
    {
        var repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
        while (!File.Exists(Path.Combine(repository, "Flywheel.slnx"))) repository = Path.GetDirectoryName(repository)!;
        var folder = Path.GetFullPath(Path.Combine(repository, "..", "shared", "data", name));
        if (!Directory.Exists(folder)) Assert.Skip($"The real images '../shared/data/{name}' are not here.");
        return folder;
    }
}

namespace Flywheel.Shell.Hosting;

/// <summary>Finds the module: beside the shell, in a folder above it (a build in the repository), or on the module path.</summary>
static class ModuleLocator
{
    public static string Find(string baseFolder)
    {
        if (File.Exists(Path.Combine(baseFolder, "Flywheel", "Flywheel.psd1"))) return Path.Combine(baseFolder, "Flywheel", "Flywheel.psd1");
        for (var folder = new DirectoryInfo(baseFolder); folder is not null; folder = folder.Parent)
        {
            var manifest = Path.Combine(folder.FullName, "Flywheel.psd1");
            if (File.Exists(manifest)) return manifest;
        }
        return "Flywheel";
    }
}

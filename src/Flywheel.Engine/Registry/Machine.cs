using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Flywheel.Engine.Registry;

/// <summary>Says where the process runs.</summary>
static class Machine
{
    static readonly string[] s_packages = ["Flywheel.Engine", "TorchSharp", "Microsoft.ML", "Microsoft.ML.OnnxRuntime", "SkiaSharp", "Microsoft.Data.Sqlite"];

    public static MachineInfo Describe() => new()
    {
        System = RuntimeInformation.OSDescription,
        Processor = RuntimeInformation.ProcessArchitecture.ToString(),
        Processors = Environment.ProcessorCount,
        Framework = RuntimeInformation.FrameworkDescription,
        Packages = s_packages.Select(name => (name, version: VersionOf(name))).Where(p => p.version is not null).ToDictionary(p => p.name, p => p.version!),
    };

    /// <summary>From the file beside the engine: nothing is loaded for it.</summary>
    static string? VersionOf(string assembly)
    {
        var folder = Path.GetDirectoryName(typeof(Machine).Assembly.Location);
        var file = Path.Combine(folder ?? AppContext.BaseDirectory, assembly + ".dll");
        return File.Exists(file) && FileVersionInfo.GetVersionInfo(file).ProductVersion is { Length: > 0 } version ? version.Split('+')[0] : null;
    }
}

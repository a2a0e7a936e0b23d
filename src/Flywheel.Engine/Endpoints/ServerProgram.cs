using System.Runtime.InteropServices;

namespace Flywheel.Engine.Endpoints;

/// <summary>Finds the server's program beside the engine, and something to run it with.</summary>
static class ServerProgram
{
    const string Name = "Flywheel.Server";

    /// <summary>File and first arguments of the process to start.</summary>
    /// <exception cref="FlywheelException"><c>EndpointNotInstalled</c>, <c>AspNetCoreMissing</c>.</exception>
    public static (string File, string[] Arguments) Find()
    {
        var engine = Path.GetDirectoryName(typeof(ServerProgram).Assembly.Location)!;
        var folder = Path.Combine(Path.GetDirectoryName(engine)!, "server");
        var dll = Path.Combine(folder, Name + ".dll");
        if (!File.Exists(dll))
            throw new FlywheelException("EndpointNotInstalled", FaultCategory.NotInstalled, $"The server is not there: '{dll}' does not exist.", dll, "Install the module whole, or build it again.");
        // A published module brings its own .NET.
        var own = Path.Combine(folder, OperatingSystem.IsWindows() ? Name + ".exe" : Name);
        if (File.Exists(own) && Directory.GetFiles(folder, "*hostfxr*").Length > 0) return (own, []);
        var tried = new List<string>();
        foreach (var root in Roots())
        {
            var host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
            tried.Add(root);
            if (File.Exists(host) && HasAspNetCore(root)) return (host, [dll]);
        }
        throw new FlywheelException("AspNetCoreMissing", FaultCategory.NotInstalled, $"The endpoint needs ASP.NET Core {Environment.Version.Major}, which is in none of: {string.Join(", ", tried)}.", dll,
            "Install the ASP.NET Core runtime or the .NET SDK, or use the published module, which brings its own.");
    }

    static bool HasAspNetCore(string root)
    {
        var shared = Path.Combine(root, "shared", "Microsoft.AspNetCore.App");
        return Directory.Exists(shared) && Directory.GetDirectories(shared, $"{Environment.Version.Major}.*").Length > 0;
    }

    static IEnumerable<string> Roots()
    {
        string?[] candidates =
        [
            Environment.GetEnvironmentVariable("DOTNET_ROOT"),
            // <root>/shared/Microsoft.NETCore.App/<version>: what this process itself runs on.
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
            OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "dotnet") : "/usr/share/dotnet",
            "/usr/lib/dotnet", "/usr/local/share/dotnet", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet"),
        ];
        return candidates.Where(c => !string.IsNullOrWhiteSpace(c)).Select(c => Resolve(c!)).Distinct(StringComparer.Ordinal).Where(Directory.Exists);
    }

    // On the search path stands a link to the program, which lies in the root.
    static string Resolve(string folder)
    {
        var link = new FileInfo(Path.Combine(folder, "dotnet"));
        return !OperatingSystem.IsWindows() && link.Exists && link.ResolveLinkTarget(true) is { } target ? Path.GetDirectoryName(target.FullName)! : folder;
    }
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Flywheel.Server;

/// <summary>Finds the engine with everything third-party where the module has it, in <c>../engine</c>, and Core one folder above.</summary>
static class EngineResolver
{
    [ModuleInitializer]
    internal static void Install()
    {
        var module = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!;
        var engine = Path.Combine(module, "engine", "Flywheel.Engine.dll");
        if (!File.Exists(engine)) return; // a host that brings the engine itself
        var resolver = new AssemblyDependencyResolver(engine);
        AssemblyLoadContext.Default.Resolving += (context, name) =>
        {
            var path = name.Name == "Flywheel.Core" ? Path.Combine(module, "Flywheel.Core.dll") : resolver.ResolveAssemblyToPath(name);
            return path is null ? null : context.LoadFromAssemblyPath(path);
        };
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (Assembly _, string name) =>
            resolver.ResolveUnmanagedDllToPath(name) is { } path ? System.Runtime.InteropServices.NativeLibrary.Load(path) : 0;
    }
}

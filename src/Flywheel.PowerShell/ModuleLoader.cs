using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace Flywheel.PowerShell;

/// <summary>
/// Keeps everything third-party out of the session: the cmdlets and the types users hold load in the default context, the engine
/// and its packages in a context of their own, entered through one name.
/// </summary>
public sealed class ModuleLoader : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    static readonly string s_enginePath = Path.Combine(Path.GetDirectoryName(typeof(ModuleLoader).Assembly.Location)!, "engine", "Flywheel.Engine.dll");
    static readonly Lazy<EngineLoadContext> s_context = new(() => new EngineLoadContext(s_enginePath));
    static int s_imports;

    /// <summary>Called once per runspace that imports the module.</summary>
    public void OnImport()
    {
        if (Interlocked.Increment(ref s_imports) == 1) AssemblyLoadContext.Default.Resolving += Resolve;
    }

    /// <summary>Called once per runspace that removes the module.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        if (Interlocked.Decrement(ref s_imports) == 0) AssemblyLoadContext.Default.Resolving -= Resolve;
    }

    static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == "Flywheel.Engine" && File.Exists(s_enginePath) ? s_context.Value.LoadFromAssemblyName(name) : null;

    sealed class EngineLoadContext(string enginePath) : AssemblyLoadContext("Flywheel")
    {
        readonly AssemblyDependencyResolver _resolver = new(enginePath);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name == "Flywheel.Core") return null; // shared with the session
            return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
    }
}

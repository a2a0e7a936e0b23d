using System.Runtime.InteropServices;
using TorchSharp;

namespace Flywheel.Learning.Native;

/// <summary>
/// The native side of training: whether libtorch loads, and how glibc and OpenMP are tuned for it. One training runs at a time in a
/// process, because Torch's thread count is global and results depend on it.
/// </summary>
public static partial class TorchRuntime
{
    static readonly Lazy<string?> s_fault = new(Probe);
    static readonly SemaphoreSlim s_one = new(1, 1);

    /// <summary>Why training is not possible here, or null if it is.</summary>
    public static string? Fault => s_fault.Value;

    /// <summary>Checks that Torch can be used.</summary>
    /// <exception cref="FlywheelException"><c>NativeLibraryUnavailable</c>.</exception>
    public static void Demand()
    {
        if (Fault is { } reason)
            throw new FlywheelException("NativeLibraryUnavailable", FaultCategory.NotInstalled, $"Training needs libtorch, which cannot be loaded: {reason}", "LibTorchSharp",
                "Build the module for this operating system and processor (build.ps1 -Runtime …).");
    }

    /// <summary>Waits until no other training runs in this process, then pins the thread count.</summary>
    internal static IDisposable Enter(int threads, CancellationToken cancellationToken)
    {
        Demand();
        s_one.Wait(cancellationToken);
        torch.set_num_threads(threads);
        return new Exit();
    }

    sealed class Exit : IDisposable
    {
        bool _done;

        public void Dispose()
        {
            if (_done) return;
            _done = true;
            if (OperatingSystem.IsLinux()) _ = TrimHeap(0);
            s_one.Release();
        }
    }

    // TorchSharp's own loader, when a dependency is missing, prints to the console, copies half a gigabyte next to the assembly and leaves its
    // types unusable. So every library is tried first, by the name and search paths TorchSharp itself will use.
    static string? Probe()
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                if (!NativeLibrary.TryLoad("libc.so.6", out _)) return "this Linux has no glibc";
                // Before libgomp is loaded: waiting threads give up the processor soon, which hurts little alone and helps much on a busy machine.
                _ = SetVariable("GOMP_SPINCOUNT", "2000", 0);
            }
            var assembly = typeof(torch).Assembly;
            const DllImportSearchPath where = DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories;
            string[] names = OperatingSystem.IsWindows() ? ["c10", "torch_cpu", "LibTorchSharp"] : ["libc10", "libtorch_cpu", "libLibTorchSharp"];
            foreach (var name in names)
            {
                try
                {
                    NativeLibrary.Load(name, assembly, where);
                }
                catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
                {
                    return $"{name}: {e.Message.ReplaceLineEndings(" ")}";
                }
            }
            torch.InitializeDeviceType(DeviceType.CPU);
            if (OperatingSystem.IsLinux())
            {
                // glibc hands big blocks back to the kernel on every free and faults them in again: keep them (measured 1.27 times faster).
                _ = MallocOption(MMapMax, 0);
                _ = MallocOption(TrimThreshold, int.MaxValue);
                _ = MallocOption(TopPad, 64 << 20);
            }
            return null;
        }
        catch (Exception e) when (e is TypeInitializationException or NotSupportedException or DllNotFoundException or EntryPointNotFoundException or ExternalException)
        {
            return (e.InnerException ?? e).Message.ReplaceLineEndings(" ");
        }
    }

    const int TrimThreshold = -1, TopPad = -2, MMapMax = -4;

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallocOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint pad);

    // .NET's own SetEnvironmentVariable does not reach native getenv.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}

using System.Runtime.InteropServices;

namespace Flywheel.Shell.Hosting;

/// <summary>Makes a Windows console understand escape sequences; other terminals do already.</summary>
static partial class Terminal
{
    public static bool EnableEscapeSequences()
    {
        if (!OperatingSystem.IsWindows()) return true;
        var enabled = true;
        foreach (var (handleId, redirected) in ((int, bool)[])[(-11, Console.IsOutputRedirected), (-12, Console.IsErrorRedirected)])
        {
            if (redirected) continue;
            var handle = GetStdHandle(handleId);
            enabled &= GetConsoleMode(handle, out var mode) && SetConsoleMode(handle, mode | 0x0004); // ENABLE_VIRTUAL_TERMINAL_PROCESSING
        }
        return enabled;
    }

    [LibraryImport("kernel32")]
    private static partial nint GetStdHandle(int id);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetConsoleMode(nint handle, out uint mode);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetConsoleMode(nint handle, uint mode);
}

using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Registry;

/// <summary>
/// Keeps publishers apart for the moment between a version's folder and its record. The operating system drops the lock with the process,
/// however it ends.
/// </summary>
static class RegistryLock
{
    static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    /// <exception cref="FlywheelException"><c>RegistryBusy</c>.</exception>
    public static FileStream Take(Workspace workspace, CancellationToken token)
    {
        Directory.CreateDirectory(workspace.RegistryPath);
        var path = Path.Combine(workspace.RegistryPath, "registry.lock");
        for (var start = Environment.TickCount64; ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
            {
                if (Environment.TickCount64 - start > s_longest.TotalMilliseconds)
                    throw new FlywheelException("RegistryBusy", FaultCategory.ResourceBusy, $"Another process has been publishing into '{workspace.RegistryPath}' for over {s_longest.TotalSeconds:0} seconds.", path, "Wait for it to end, then try again.", inner: e);
                if (token.WaitHandle.WaitOne(50)) token.ThrowIfCancellationRequested();
            }
        }
    }
}

using System.Globalization;
using System.Text.Json;

namespace Flywheel.Engine.Loops.Running;

/// <summary>
/// Keeps a second run out of a workspace. The operating system drops the lock with the process, however it ends, so a killed run
/// never blocks the next one. Who holds it stands in a file beside it, because the locked file itself cannot be read.
/// </summary>
sealed class LoopLock : IDisposable
{
    readonly FileStream _file;

    LoopLock(FileStream file) => _file = file;

    static string PathOf(string stateFolder) => Path.Combine(stateFolder, "loop.lock");

    static string HolderOf(string stateFolder) => Path.Combine(stateFolder, "loop.lock.json");

    /// <exception cref="FlywheelException"><c>WorkspaceBusy</c>: another run holds it.</exception>
    public static LoopLock Take(string stateFolder, string runId, TimeProvider time)
    {
        Directory.CreateDirectory(stateFolder);
        FileStream file;
        try
        {
            file = new FileStream(PathOf(stateFolder), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            var holder = Holder(stateFolder);
            var who = holder is null ? "another run" : string.Create(CultureInfo.InvariantCulture, $"run {holder.RunId} of process {holder.ProcessId}, since {holder.Since:yyyy-MM-dd HH:mm:ss} UTC,");
            throw new FlywheelException("WorkspaceBusy", FaultCategory.ResourceBusy, $"The workspace '{Path.GetDirectoryName(stateFolder)}' is held by {who} and only one loop may run in it at a time.",
                Path.GetDirectoryName(stateFolder), holder is null ? "Wait for it to end." : string.Create(CultureInfo.InvariantCulture, $"Wait for process {holder.ProcessId} to end, or stop it."), inner: e);
        }
        AtomicFile.Write(HolderOf(stateFolder), JsonSerializer.Serialize(new LockHolder(Environment.ProcessId, runId, time.GetUtcNow()), LoopJson.Options));
        return new LoopLock(file);
    }

    /// <summary>The run that holds the workspace now, or null.</summary>
    public static string? HeldBy(string stateFolder)
    {
        if (!File.Exists(PathOf(stateFolder))) return null;
        try
        {
            // Sharing with readers only: refused while the lock is held, and taking nothing away from a run about to start.
            using var probe = new FileStream(PathOf(stateFolder), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException)
        {
            return Holder(stateFolder)?.RunId;
        }
    }

    static LockHolder? Holder(string stateFolder)
    {
        try
        {
            return JsonSerializer.Deserialize<LockHolder>(File.ReadAllText(HolderOf(stateFolder)), LoopJson.Options);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();

    sealed record LockHolder(int ProcessId, string RunId, DateTimeOffset Since);
}

using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Endpoints;

/// <summary>The server's processes, whether they are endpoints or studios.</summary>
static class ServerRun
{
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts the server's program; what it writes to standard error is read to the end.</summary>
    /// <exception cref="FlywheelException"><c>EndpointNotInstalled</c>, <c>AspNetCoreMissing</c>, <c>EndpointNotStarted</c>.</exception>
    public static (Process Process, Task<string> Errors) Start(Workspace workspace, IEnumerable<string> options)
    {
        var (file, arguments) = ServerProgram.Find();
        var start = new ProcessStartInfo(file, [.. arguments, .. options])
        {
            WorkingDirectory = workspace.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        if (OperatingSystem.IsWindows()) start.CreateNewProcessGroup = true; // Ctrl+C in the shell is not for it
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new FlywheelException("EndpointNotStarted", FaultCategory.InvalidOperation, $"The server's program '{start.FileName}' cannot be run: {e.Message}", start.FileName, "Check its permissions.", inner: e);
        }
        process.StandardInput.Close();
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return (process, process.StandardError.ReadToEndAsync(CancellationToken.None));
    }

    /// <summary>Stops a process by its stop file; one that does not end in time is killed. False if it was gone already.</summary>
    /// <exception cref="FlywheelException"><c>FileNotWritable</c>.</exception>
    public static bool Stop(string what, string url, int processId, DateTimeOffset started, string stopFile, TimeSpan limit, IReporter reporter, CancellationToken token)
    {
        using var process = Find(processId, started);
        if (process is null) return false;
        try
        {
            File.WriteAllText(stopFile, "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("FileNotWritable", FaultCategory.WriteError, $"The {what} cannot be told to stop: {e.Message}", stopFile, "Check the rights on the workspace, or end the process.", inner: e);
        }
        var clock = Stopwatch.StartNew();
        while (!process.WaitForExit(s_pause))
        {
            token.ThrowIfCancellationRequested();
            if (clock.Elapsed < limit) continue;
            reporter.Warning($"The {what} {url} did not end within {limit.TotalSeconds:0} seconds and was killed.");
            process.Kill();
            process.WaitForExit();
            break;
        }
        return true;
    }

    /// <summary>True if the process that began listening then still runs.</summary>
    public static bool IsAlive(int processId, DateTimeOffset started)
    {
        using var process = Find(processId, started);
        return process is not null;
    }

    // A process with the same number that began later is another one.
    static Process? Find(int processId, DateTimeOffset started)
    {
        try
        {
            var process = Process.GetProcessById(processId);
            if (!process.HasExited && process.StartTime.ToUniversalTime() <= started.UtcDateTime.AddSeconds(2)) return process;
            process.Dispose();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // No such process, or one of somebody else's.
        }
        return null;
    }

    /// <summary>Who listens everywhere is asked here.</summary>
    public static string Reachable(string url) => url.Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//[::1]:", StringComparison.Ordinal);

    /// <summary>The fault a process that ended at once wrote to standard error.</summary>
    public static FlywheelException Fault(string what, string errors, int exitCode, Workspace workspace, string logs)
    {
        var line = errors.Split('\n').LastOrDefault(l => l.StartsWith('{'));
        try
        {
            if (line is not null)
            {
                using var json = JsonDocument.Parse(line);
                var fault = json.RootElement;
                return new FlywheelException(fault.GetProperty("ErrorId").GetString()!, Enum.Parse<FaultCategory>(fault.GetProperty("Category").GetString()!), fault.GetProperty("Message").GetString()!,
                    fault.GetProperty("Target").GetString(), fault.GetProperty("RecommendedAction").GetString());
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or ArgumentException)
        {
            // Not the server's own report.
        }
        return new FlywheelException("EndpointNotStarted", FaultCategory.InvalidOperation, $"The {what} ended at once, with exit code {exitCode}: {errors.Trim()}", workspace.Root, $"Look into '{logs}'.");
    }
}

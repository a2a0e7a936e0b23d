using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Studio;

/// <summary>Starts, finds and stops studios, which are processes of their own.</summary>
public static class StudioService
{
    static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    static readonly TimeSpan s_askLimit = TimeSpan.FromSeconds(5);
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts a studio and waits until it answers.</summary>
    /// <exception cref="FlywheelException">
    /// <c>InvalidOption</c>, <c>EndpointKeyNeeded</c>, <c>EndpointNotInstalled</c>, <c>AspNetCoreMissing</c>; what the server itself reports, such as
    /// <c>EndpointAddressUnavailable</c>; <c>EndpointNotStarted</c>, <c>StudioNotReady</c>.
    /// </exception>
    public static FlywheelStudio Start(Workspace workspace, StudioOptions options, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(options);
        options.CheckAddress();
        CheckKeys(workspace, options);
        // Asking twice for the same is no fault.
        if (options.Port != 0 && List(workspace).FirstOrDefault(s => s.Status == StudioStatus.Ready && new Uri(s.Url) is var url && url.Port == options.Port && IPAddress.TryParse(url.Host.Trim('[', ']'), out var at) && at.Equals(IPAddress.Parse(options.Address))) is { } running) return running;
        var (process, errors) = ServerRun.Start(workspace, ["--studio", .. (options with { Detached = true }).ToArguments()]);
        using var started = process;
        try
        {
            var clock = Stopwatch.StartNew();
            while (true)
            {
                token.ThrowIfCancellationRequested();
                if (process.HasExited) throw ServerRun.Fault("studio", errors.GetAwaiter().GetResult(), process.ExitCode, workspace, StudioFiles.LogsOf(workspace));
                if (StudioFiles.Find(workspace, process.Id) is { } studio && Ask(studio) is { Status: StudioStatus.Ready } ready) return ready;
                if (clock.Elapsed > s_startLimit)
                    throw new FlywheelException("StudioNotReady", FaultCategory.InvalidOperation, $"The studio did not answer within {s_startLimit.TotalSeconds:0} seconds.", options.Port, $"Look into '{StudioFiles.LogsOf(workspace)}'.");
                Thread.Sleep(s_pause);
            }
        }
        catch
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            StudioFiles.Remove(workspace, process.Id);
            throw;
        }
    }

    /// <summary>The page to open: a queue's, or the list of queues. Where no key tells who it is, it is the user of this machine.</summary>
    public static string PageOf(FlywheelStudio studio, LabelQueue? queue)
    {
        ArgumentNullException.ThrowIfNull(studio);
        string?[] query = [queue is null ? null : "queue=" + Uri.EscapeDataString(queue.Name), studio.Keyed ? null : "who=" + Uri.EscapeDataString(Environment.UserName)];
        return $"{ServerRun.Reachable(studio.Url)}/studio/label{(query.Any(q => q is not null) ? "?" : "")}{string.Join('&', query.Where(q => q is not null))}";
    }

    /// <summary>Demands a key where others can reach the address.</summary>
    /// <exception cref="FlywheelException"><c>EndpointKeyNeeded</c>; <c>EndpointKeysUnreadable</c>.</exception>
    public static void CheckKeys(Workspace workspace, StudioOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsLoopback && EndpointKeys.Load(workspace).IsEmpty)
            throw new FlywheelException("EndpointKeyNeeded", FaultCategory.SecurityError, $"The address {options.Address} can be reached from other machines, and the workspace has no endpoint key.", options.Address,
                "Make a key for each person with New-FlywheelEndpointKey -Role Review, or listen on 127.0.0.1.");
    }

    /// <summary>The workspace's studios as they are now. One whose process is gone is listed once more as ended, and then forgotten.</summary>
    public static IReadOnlyList<FlywheelStudio> List(Workspace workspace) => [.. StudioFiles.All(workspace).Select(studio =>
    {
        if (ServerRun.IsAlive(studio.ProcessId, studio.Started)) return Ask(studio);
        StudioFiles.Remove(workspace, studio.ProcessId);
        return studio with { Status = StudioStatus.Ended };
    })];

    /// <summary>Stops a studio: it answers what is in work and ends. One that does not end in time is killed; what it acknowledged is recorded all the same.</summary>
    /// <exception cref="FlywheelException"><c>FileNotWritable</c>.</exception>
    public static FlywheelStudio Stop(Workspace workspace, FlywheelStudio studio, TimeSpan limit, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(studio);
        ArgumentNullException.ThrowIfNull(reporter);
        var stopped = ServerRun.Stop("studio", studio.Url, studio.ProcessId, studio.Started, StudioFiles.StopOf(workspace, studio.ProcessId), limit, reporter, token);
        StudioFiles.Remove(workspace, studio.ProcessId);
        return studio with { Status = stopped ? StudioStatus.Stopped : StudioStatus.Ended };
    }

    static FlywheelStudio Ask(FlywheelStudio studio)
    {
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false };
            using var client = new HttpClient(handler) { Timeout = s_askLimit };
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(ServerRun.Reachable(studio.Url)), "/studio/session"));
            using var response = client.Send(request);
            using var body = response.Content.ReadAsStream();
            using var json = JsonDocument.Parse(body);
            return studio with { Status = StudioStatus.Ready, Keyed = json.RootElement.GetProperty("keyed").GetBoolean() };
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or IOException or InvalidOperationException or KeyNotFoundException)
        {
            return studio with { Status = StudioStatus.Silent };
        }
    }
}

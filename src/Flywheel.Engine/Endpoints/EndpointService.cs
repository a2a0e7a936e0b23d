using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Flywheel.Engine.Registry;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Endpoints;

/// <summary>Starts, finds and stops endpoints, which are processes of their own.</summary>
public static class EndpointService
{
    static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    static readonly TimeSpan s_askLimit = TimeSpan.FromSeconds(5);
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts an endpoint and waits until it answers.</summary>
    /// <exception cref="FlywheelException">
    /// <c>InvalidOption</c>, <c>AliasNotFound</c>, <c>EndpointKeyNeeded</c>, <c>EndpointNotInstalled</c>, <c>AspNetCoreMissing</c>; <c>ModelFileMissing</c>, <c>ModelChecksumMismatch</c>;
    /// what the server itself reports; <c>EndpointNotStarted</c>, <c>EndpointNotReady</c>.
    /// </exception>
    public static FlywheelEndpoint Start(Workspace workspace, EndpointOptions options, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(options);
        Check(workspace, options);
        var (file, arguments) = ServerProgram.Find();
        var start = new ProcessStartInfo(file, [.. arguments, .. (options with { Detached = true }).ToArguments()])
        {
            WorkingDirectory = workspace.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        if (OperatingSystem.IsWindows()) start.CreateNewProcessGroup = true; // Ctrl+C in the shell is not for it
        using var process = Run(start);
        process.StandardInput.Close();
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            var clock = Stopwatch.StartNew();
            while (true)
            {
                token.ThrowIfCancellationRequested();
                if (process.HasExited) throw Fault(errors.GetAwaiter().GetResult(), process.ExitCode, workspace);
                if (EndpointFiles.Find(workspace, process.Id) is { } endpoint)
                {
                    var state = Ask(endpoint);
                    if (state.Status is EndpointStatus.Ready) return state;
                    if (state.Refusal is not null)
                        throw new FlywheelException(state.Refusal, FaultCategory.SecurityError, $"The version that '{options.Alias}' points to cannot be served: {state.Refusal}. The endpoint was not started.", options.Alias,
                            $"The reason in full is in '{endpoint.LogPath}'. Publish or restore another version.");
                }
                if (clock.Elapsed > s_startLimit)
                    throw new FlywheelException("EndpointNotReady", FaultCategory.InvalidOperation, $"The endpoint did not answer within {s_startLimit.TotalSeconds:0} seconds.", options.Port, $"Look into '{EndpointFiles.LogsOf(workspace)}'.");
                Thread.Sleep(s_pause);
            }
        }
        catch
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            EndpointFiles.Remove(workspace, process.Id);
            throw;
        }
    }

    /// <summary>Checks what can be checked before a process is started.</summary>
    static void Check(Workspace workspace, EndpointOptions options)
    {
        options.CheckAddress();
        ServerProgram.Find();
        foreach (var name in new[] { options.Alias, options.Challenger })
            if (name is not null && workspace.Catalogue.FindAlias(name) is null)
                throw new FlywheelException("AliasNotFound", FaultCategory.NotFound, $"There is no alias '{name}' in the workspace '{workspace.Root}'.", name,
                    workspace.Catalogue.Aliases() is { Count: > 0 } some ? $"Aliases here: {string.Join(", ", some.Select(a => a.Name))}." : $"Publish a model: Publish-FlywheelModel -Alias {name}");
        if (!options.IsLoopback && EndpointKeys.Load(workspace).IsEmpty)
            throw new FlywheelException("EndpointKeyNeeded", FaultCategory.SecurityError, $"The address {options.Address} can be reached from other machines, and the workspace has no endpoint key.", options.Address,
                "Make a key with New-FlywheelEndpointKey, or listen on 127.0.0.1.");
        RegistryService.Resolve(workspace, options.Alias); // the server would only name the fault
    }

    static Process Run(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new FlywheelException("EndpointNotStarted", FaultCategory.InvalidOperation, $"The server's program '{start.FileName}' cannot be run: {e.Message}", start.FileName, "Check its permissions.", inner: e);
        }
    }

    /// <summary>The workspace's endpoints as they are now. One whose process is gone is listed once more as ended, and then forgotten.</summary>
    public static IReadOnlyList<FlywheelEndpoint> List(Workspace workspace) => [.. EndpointFiles.All(workspace).Select(endpoint =>
    {
        if (IsAlive(endpoint)) return Ask(endpoint);
        EndpointFiles.Remove(workspace, endpoint.ProcessId);
        return endpoint with { Status = EndpointStatus.Ended };
    })];

    /// <summary>Stops an endpoint: it answers what is in work and ends. One that does not end in time is killed; what it acknowledged is recorded all the same.</summary>
    public static FlywheelEndpoint Stop(Workspace workspace, FlywheelEndpoint endpoint, TimeSpan limit, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(reporter);
        using var process = Find(endpoint);
        if (process is null)
        {
            EndpointFiles.Remove(workspace, endpoint.ProcessId);
            return endpoint with { Status = EndpointStatus.Ended };
        }
        try
        {
            File.WriteAllText(EndpointFiles.StopOf(workspace, endpoint.ProcessId), "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FlywheelException("FileNotWritable", FaultCategory.WriteError, $"The endpoint cannot be told to stop: {e.Message}", EndpointFiles.StopOf(workspace, endpoint.ProcessId), "Check the rights on the workspace, or end the process.", inner: e);
        }
        var clock = Stopwatch.StartNew();
        while (!process.WaitForExit(s_pause))
        {
            token.ThrowIfCancellationRequested();
            if (clock.Elapsed < limit) continue;
            reporter.Warning($"The endpoint {endpoint.Url} did not end within {limit.TotalSeconds:0} seconds and was killed.");
            process.Kill();
            process.WaitForExit();
            break;
        }
        EndpointFiles.Remove(workspace, endpoint.ProcessId);
        return endpoint with { Status = EndpointStatus.Stopped };
    }

    static bool IsAlive(FlywheelEndpoint endpoint)
    {
        using var process = Find(endpoint);
        return process is not null;
    }

    // A process with the same number that began later is another one.
    static Process? Find(FlywheelEndpoint endpoint)
    {
        try
        {
            var process = Process.GetProcessById(endpoint.ProcessId);
            if (!process.HasExited && process.StartTime.ToUniversalTime() <= endpoint.Started.UtcDateTime.AddSeconds(2)) return process;
            process.Dispose();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // No such process, or one of somebody else's.
        }
        return null;
    }

    static FlywheelEndpoint Ask(FlywheelEndpoint endpoint)
    {
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false };
            using var client = new HttpClient(handler) { Timeout = s_askLimit };
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(Reachable(endpoint.Url)), "/readyz"));
            using var response = client.Send(request);
            using var body = response.Content.ReadAsStream();
            using var json = JsonDocument.Parse(body);
            var state = json.RootElement;
            return endpoint with
            {
                Status = state.GetProperty("status").GetString() switch { "ready" => EndpointStatus.Ready, "refused" => EndpointStatus.Refused, _ => EndpointStatus.NotReady },
                Model = state.GetProperty("model").GetString(),
                ModelId = state.GetProperty("modelId").GetString(),
                Version = state.GetProperty("version") is { ValueKind: JsonValueKind.Number } version ? version.GetInt32() : null,
                Refusal = state.GetProperty("refusal").GetString(),
            };
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or IOException or InvalidOperationException or KeyNotFoundException)
        {
            return endpoint with { Status = EndpointStatus.Silent };
        }
    }

    // Who listens everywhere is asked here.
    static string Reachable(string url) => url.Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//[::1]:", StringComparison.Ordinal);

    static FlywheelException Fault(string errors, int exitCode, Workspace workspace)
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
        return new FlywheelException("EndpointNotStarted", FaultCategory.InvalidOperation, $"The endpoint ended at once, with exit code {exitCode}: {errors.Trim()}", workspace.Root, $"Look into '{EndpointFiles.LogsOf(workspace)}'.");
    }
}

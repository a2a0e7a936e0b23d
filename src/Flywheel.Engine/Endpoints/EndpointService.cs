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
        var (process, errors) = ServerRun.Start(workspace, (options with { Detached = true }).ToArguments());
        using var started = process;
        try
        {
            var clock = Stopwatch.StartNew();
            while (true)
            {
                token.ThrowIfCancellationRequested();
                if (process.HasExited) throw ServerRun.Fault("endpoint", errors.GetAwaiter().GetResult(), process.ExitCode, workspace, EndpointFiles.LogsOf(workspace));
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

    /// <summary>The workspace's endpoints as they are now. One whose process is gone is listed once more as ended, and then forgotten.</summary>
    public static IReadOnlyList<FlywheelEndpoint> List(Workspace workspace) => [.. EndpointFiles.All(workspace).Select(endpoint =>
    {
        if (ServerRun.IsAlive(endpoint.ProcessId, endpoint.Started)) return Ask(endpoint);
        EndpointFiles.Remove(workspace, endpoint.ProcessId);
        return endpoint with { Status = EndpointStatus.Ended };
    })];

    /// <summary>Stops an endpoint: it answers what is in work and ends. One that does not end in time is killed; what it acknowledged is recorded all the same.</summary>
    public static FlywheelEndpoint Stop(Workspace workspace, FlywheelEndpoint endpoint, TimeSpan limit, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(reporter);
        if (ServerRun.Stop("endpoint", endpoint.Url, endpoint.ProcessId, endpoint.Started, EndpointFiles.StopOf(workspace, endpoint.ProcessId), limit, reporter, token))
        {
            EndpointFiles.Remove(workspace, endpoint.ProcessId);
            return endpoint with { Status = EndpointStatus.Stopped };
        }
        EndpointFiles.Remove(workspace, endpoint.ProcessId);
        return endpoint with { Status = EndpointStatus.Ended };
    }

    static FlywheelEndpoint Ask(FlywheelEndpoint endpoint)
    {
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false };
            using var client = new HttpClient(handler) { Timeout = s_askLimit };
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(ServerRun.Reachable(endpoint.Url)), "/readyz"));
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
}

using System.Net;
using System.Net.Sockets;
using Flywheel.Engine.Studio;
using Flywheel.Engine.Workspaces;
using Flywheel.Server.Access;
using Flywheel.Server.Errors;
using Flywheel.Server.Hosting;
using Flywheel.Server.Observing;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Flywheel.Server.Studio;

/// <summary>Puts the studio together and runs it.</summary>
static class StudioHost
{
    /// <summary>Largest request body, bytes: a thousand answers with boxes.</summary>
    const long MaxRequestBytes = 4 << 20;

    /// <summary>Runs until it is told to stop.</summary>
    /// <exception cref="FlywheelException"><c>WorkspaceNotFound</c>, <c>EndpointKeyNeeded</c>, <c>EndpointAddressUnavailable</c>, <c>EndpointKeysUnreadable</c>.</exception>
    public static async Task RunAsync(StudioOptions options)
    {
        using var workspace = Workspace.Open(options.Workspace);
        StudioService.CheckKeys(workspace, options);
        var metrics = new Metrics();
        await using var events = new RollingFile(Path.Combine(StudioFiles.LogsOf(workspace), "studio.jsonl"), () => metrics.Logs.Add());
        await using var requests = new RollingFile(Path.Combine(StudioFiles.LogsOf(workspace), "requests.jsonl"), () => metrics.Logs.Add());
        StudioFiles.Remove(workspace, Environment.ProcessId); // of an earlier process with this number
        try
        {
            await using var app = Build(options, workspace, metrics, events, requests);
            try
            {
                await app.StartAsync();
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                throw new FlywheelException("EndpointAddressUnavailable", FaultCategory.ResourceBusy, $"The studio cannot listen on {options.Address}, port {options.Port}: {e.Message}", options.Port, "Choose another port with -Port, or 0 for a free one.", inner: e);
            }
            var url = EndpointHost.UrlOf(app);
            StudioFiles.Write(workspace, new FlywheelStudio { Url = url, ProcessId = Environment.ProcessId, Keyed = app.Services.GetRequiredService<KeyRing>().IsDemanded, Started = DateTimeOffset.UtcNow });
            if (!options.Detached) await Console.Out.WriteLineAsync(url + "/studio/label");
            await app.WaitForShutdownAsync();
        }
        finally
        {
            StudioFiles.Remove(workspace, Environment.ProcessId);
        }
    }

    static WebApplication Build(StudioOptions options, Workspace workspace, Metrics metrics, RollingFile events, RollingFile requests)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(options.Address), options.Port, listen => listen.Protocols = HttpProtocols.Http1);
            var limits = kestrel.Limits;
            limits.MaxRequestBodySize = MaxRequestBytes;
            limits.MaxConcurrentConnections = 500;
            limits.MaxRequestHeadersTotalSize = 24 << 10;
            limits.MaxRequestHeaderCount = 64;
            limits.MaxRequestLineSize = 8 << 10;
            limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
            limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 512, gracePeriod: TimeSpan.FromSeconds(5));
        });
        builder.Logging.AddProvider(new FileLoggerProvider(events, TimeProvider.System)).SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        var services = builder.Services;
        services.AddRoutingCore();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        services.Configure<HostFilteringOptions>(filter =>
        {
            // A page in a browser can make a name of its own lead to this machine; the Host header then gives it away.
            filter.AllowedHosts = options.IsLoopback ? ["localhost", "127.0.0.1", "[::1]", options.Address.Contains(':', StringComparison.Ordinal) ? $"[{options.Address}]" : options.Address] : ["*"];
            filter.IncludeFailureMessage = false;
        });
        services.AddSingleton(options).AddSingleton(workspace).AddSingleton(metrics).AddSingleton(TimeProvider.System);
        services.AddSingleton(StudioAssistants.Create(workspace));
        services.AddSingleton<StudioAccess>().AddSingleton<StudioPages>().AddSingleton<SessionRoutes>().AddSingleton<ImageRoutes>().AddSingleton<QueueRoutes>();
        services.AddSingleton<KeyRing>().AddHostedService(p => p.GetRequiredService<KeyRing>());
        services.AddSingleton<StudioLearning>().AddHostedService(p => p.GetRequiredService<StudioLearning>());
        services.AddHostedService(p => new StopFile(StudioFiles.StopOf(workspace, Environment.ProcessId), p.GetRequiredService<IHostApplicationLifetime>()));

        var app = builder.Build();
        app.UseMiddleware<RequestLog>(requests);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseHostFiltering();
        app.UseMiddleware<StudioHeaders>();
        app.UseRouting();
        StudioRoutes.Map(app);
        return app;
    }
}

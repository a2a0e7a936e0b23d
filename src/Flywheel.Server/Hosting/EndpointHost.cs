using System.Net;
using System.Net.Sockets;
using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Workspaces;
using Flywheel.Server.Access;
using Flywheel.Server.Errors;
using Flywheel.Server.Observing;
using Flywheel.Server.Requests;
using Flywheel.Server.Serving;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Flywheel.Server.Hosting;

/// <summary>Puts the endpoint together and runs it.</summary>
static class EndpointHost
{
    /// <summary>Longest time that requests in work are waited for when the endpoint stops.</summary>
    static readonly TimeSpan s_drain = TimeSpan.FromSeconds(30);

    /// <summary>Runs until it is told to stop.</summary>
    /// <exception cref="FlywheelException"><c>WorkspaceNotFound</c>, <c>EndpointKeyNeeded</c>, <c>EndpointAddressUnavailable</c>, <c>EndpointKeysUnreadable</c>.</exception>
    public static async Task RunAsync(EndpointOptions options)
    {
        using var workspace = Workspace.Open(options.Workspace);
        var metrics = new Metrics();
        await using var events = new RollingFile(Path.Combine(EndpointFiles.LogsOf(workspace), "server.jsonl"), () => metrics.Logs.Add());
        await using var requests = new RollingFile(Path.Combine(EndpointFiles.LogsOf(workspace), "requests.jsonl"), () => metrics.Logs.Add());
        EndpointFiles.Remove(workspace, Environment.ProcessId); // of an earlier process with this number
        try
        {
            await using var app = await StartAsync(options, workspace, metrics, events, requests);
            EndpointFiles.Write(workspace, Describe(app, options));
            await app.WaitForShutdownAsync();
        }
        finally
        {
            EndpointFiles.Remove(workspace, Environment.ProcessId);
        }
    }

    /// <summary>Starts listening; the alias's version is in service by then, if it can be.</summary>
    public static async Task<WebApplication> StartAsync(EndpointOptions options, Workspace workspace, Metrics metrics, RollingFile events, RollingFile requests)
    {
        if (!options.IsLoopback && EndpointKeys.Load(workspace).IsEmpty)
            throw new FlywheelException("EndpointKeyNeeded", FaultCategory.SecurityError, $"The address {options.Address} can be reached from other machines, and the workspace has no endpoint key.", options.Address,
                "Make a key with New-FlywheelEndpointKey, or listen on 127.0.0.1.");
        var app = Build(options, workspace, metrics, events, requests);
        foreach (var slot in app.Services.GetRequiredService<ServedAliases>().All) slot.Look();
        try
        {
            await app.StartAsync();
            return app;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new FlywheelException("EndpointAddressUnavailable", FaultCategory.ResourceBusy, $"The endpoint cannot listen on {options.Address}, port {options.Port}: {e.Message}", options.Port, "Choose another port with -Port, or 0 for a free one.", inner: e);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where it listens.</summary>
    public static string UrlOf(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    static FlywheelEndpoint Describe(WebApplication app, EndpointOptions options) => new()
    {
        Url = UrlOf(app),
        ProcessId = Environment.ProcessId,
        Alias = options.Alias,
        Challenger = options.Challenger,
        Keep = options.Keep.Text,
        Retention = options.Retention,
        Started = DateTimeOffset.UtcNow,
    };

    static WebApplication Build(EndpointOptions options, Workspace workspace, Metrics metrics, RollingFile events, RollingFile requests)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(options.Address), options.Port, listen => listen.Protocols = HttpProtocols.Http1);
            var limits = kestrel.Limits;
            limits.MaxRequestBodySize = options.MaxRequestBytes;
            limits.MaxConcurrentConnections = 2000;
            limits.MaxRequestHeadersTotalSize = 24 << 10;
            limits.MaxRequestHeaderCount = 64;
            limits.MaxRequestLineSize = 4 << 10;
            limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
            limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 512, gracePeriod: TimeSpan.FromSeconds(5));
        });
        builder.Logging.AddProvider(new FileLoggerProvider(events, TimeProvider.System)).SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        if (!options.Detached) builder.Logging.AddJsonConsole();

        var services = builder.Services;
        services.AddWindowsService().AddSystemd();
        services.AddRoutingCore();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = s_drain);
        services.Configure<HostFilteringOptions>(filter =>
        {
            // A page in a browser can make a name of its own lead to this machine; the Host header then gives it away.
            filter.AllowedHosts = options.IsLoopback ? ["localhost", "127.0.0.1", "[::1]", options.Address.Contains(':', StringComparison.Ordinal) ? $"[{options.Address}]" : options.Address] : ["*"];
            filter.IncludeFailureMessage = false;
        });
        services.AddSingleton(options).AddSingleton(workspace).AddSingleton(metrics).AddSingleton(TimeProvider.System);
        services.AddSingleton<Admission>().AddSingleton<Recorder>().AddSingleton<PredictRoute>().AddSingleton<PredictionRoutes>().AddSingleton<StateRoutes>();
        services.AddSingleton(p => new ServedAliases(Slot(p, options.Alias), options.Challenger is { } challenger ? Slot(p, challenger) : null));
        // Stopped in the reverse order, after the web server: images in work are finished, the shadow after them.
        services.AddHostedService(p => p.GetRequiredService<ServedAliases>().Production);
        if (options.Challenger is not null)
        {
            services.AddHostedService(p => new Following(p.GetRequiredService<ServedAliases>().Challenger!));
            services.AddSingleton<ShadowRun>().AddHostedService(p => p.GetRequiredService<ShadowRun>());
        }
        services.AddSingleton<KeptImages>().AddHostedService(p => p.GetRequiredService<KeptImages>());
        services.AddSingleton<KeyRing>().AddHostedService(p => p.GetRequiredService<KeyRing>());
        services.AddSingleton<Pipeline>().AddHostedService(p => p.GetRequiredService<Pipeline>());
        services.AddHostedService(p => new StopFile(EndpointFiles.StopOf(workspace, Environment.ProcessId), p.GetRequiredService<IHostApplicationLifetime>()));

        var app = builder.Build();
        AddModelGauges(metrics, app.Services.GetRequiredService<ServedAliases>());
        app.UseMiddleware<RequestLog>(requests);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseHostFiltering();
        app.UseRouting();
        Routes.Map(app);
        return app;

        ModelSlot Slot(IServiceProvider p, string alias) => new(workspace, alias, options.Threads, metrics, p.GetRequiredService<ILogger<ModelSlot>>(), TimeProvider.System);
    }

    static void AddModelGauges(Metrics metrics, ServedAliases aliases)
    {
        metrics.Gauge("flywheel_model_info", "The version in service, by alias.", () => aliases.All.Where(s => s.Current is not null).Select(s => (Metrics.Labels(("alias", s.Alias), ("version", s.Current!.Value.Alias.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("model", s.Current.Value.Model.Id)), 1.0)));
        metrics.Gauge("flywheel_model_refused", "1 where the version an alias points to is not in service.", () => aliases.All.Select(s => (Metrics.Labels(("alias", s.Alias)), s.Refusal is null ? 0.0 : 1.0)));
    }

    /// <summary>A second slot as a hosted service of its own: the host runs one of each type.</summary>
    sealed class Following(ModelSlot slot) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => slot.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => slot.StopAsync(cancellationToken);
    }
}

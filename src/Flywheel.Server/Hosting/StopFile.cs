using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Server.Hosting;

/// <summary>Stops the endpoint when its stop file appears: the way that works alike on every system.</summary>
sealed class StopFile(Workspace workspace, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var file = EndpointFiles.StopOf(workspace, Environment.ProcessId);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!File.Exists(file)) continue;
            lifetime.StopApplication();
            return;
        }
    }
}

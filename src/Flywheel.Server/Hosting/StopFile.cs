namespace Flywheel.Server.Hosting;

/// <summary>Stops the process when its stop file appears: the way that works alike on every system.</summary>
sealed class StopFile(string file, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!File.Exists(file)) continue;
            lifetime.StopApplication();
            return;
        }
    }
}

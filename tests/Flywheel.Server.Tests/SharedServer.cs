namespace Flywheel.Server.Tests;

/// <summary>One server for the tests of a class that leave it as it is.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal ServerProcess Server { get; } = new();

    public async ValueTask InitializeAsync() => await Server.StartAsync("--max-bytes", "1048576", "--max-pixels", "1000000", "--max-images", "4");

    public ValueTask DisposeAsync()
    {
        Server.Dispose();
        return ValueTask.CompletedTask;
    }
}

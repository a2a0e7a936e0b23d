using System.Net;
using System.Runtime.InteropServices;
using Flywheel.Engine.Endpoints;

namespace Flywheel.Server.Tests;

public sealed partial class StopTests : IDisposable
{
    readonly ServerProcess _server = new();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("stop file")]
    [InlineData("SIGTERM")]
    [InlineData("SIGINT")]
    public async Task What_is_in_work_is_answered_before_it_ends(string how)
    {
        Assert.SkipWhen(how != "stop file" && OperatingSystem.IsWindows(), "Signals cannot be sent to a process on Windows without sharing its console.");
        await _server.StartAsync("--keep", "none");
        using var stop = new CancellationTokenSource();
        var answered = 0;
        var load = Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    using var response = await _server.PredictAsync(Pictures.Png(1000 * client + i));
                    if (response.StatusCode == HttpStatusCode.ServiceUnavailable) return;
                    await ServerProcess.Json(response, HttpStatusCode.OK);
                    Interlocked.Increment(ref answered);
                }
                catch (HttpRequestException e)
                {
                    // Refused before it was sent, or the idle connection closed: never in the middle of an answer.
                    Assert.DoesNotContain("premature", e.Message, StringComparison.OrdinalIgnoreCase);
                    return;
                }
            }
        })).ToArray();
        await ServerProcess.Until(() => Task.FromResult(Volatile.Read(ref answered) > 20), "the load runs");
        if (how == "stop file") await File.WriteAllTextAsync(EndpointFiles.StopOf(_server.Workspace, _server.Process.Id), "");
        else Assert.Equal(0, Kill(_server.Process.Id, how == "SIGTERM" ? 15 : 2));
        await _server.Process.WaitForExitAsync();
        await Task.WhenAll(load);

        Assert.Equal(0, _server.Process.ExitCode);
        Assert.Empty(EndpointFiles.All(_server.Workspace));
        // All that was answered is recorded; the few whose answer met a closed connection may be there, too.
        Assert.InRange(_server.Workspace.Catalogue.Predictions(new PredictionQuery { LatestPerImage = false }).Count(), answered, answered + 4);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

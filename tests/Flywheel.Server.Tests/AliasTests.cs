using System.Net;

namespace Flywheel.Server.Tests;

public sealed class AliasTests : IDisposable
{
    readonly ServerProcess _server = new();

    public void Dispose() => _server.Dispose();

    async Task<int> VersionAsync() => (await _server.AnswerAsync(Pictures.Png((_, _) => 200))).GetProperty("model").GetProperty("version").GetInt32();

    [Fact]
    public async Task A_publish_and_a_rollback_are_followed()
    {
        await _server.StartAsync();
        Assert.Equal(1, await VersionAsync());
        var second = Registry.Add(_server.Workspace, "second", -10); // the opposite of the first
        Registry.Point(_server.Workspace, second);
        await ServerProcess.Until(async () => await VersionAsync() == 2, "the published version answers");
        Assert.Equal("closed", (await _server.AnswerAsync(Pictures.Png((_, _) => 200))).GetProperty("label").GetString());
        Registry.Point(_server.Workspace, _server.First);
        await ServerProcess.Until(async () => await VersionAsync() == 1, "the restored version answers");
        Assert.Equal("open", (await _server.AnswerAsync(Pictures.Png((_, _) => 200))).GetProperty("label").GetString());
        Assert.Equal(3, await _server.MetricAsync("flywheel_model_loads_total{alias=\"production\",outcome=\"loaded\"}"));
    }

    [Theory]
    [InlineData("content")]
    [InlineData("checksums")]
    [InlineData("missing")]
    public async Task A_tampered_version_is_refused_and_the_one_before_stays_in_service(string how)
    {
        await _server.StartAsync();
        var second = Registry.Add(_server.Workspace, "second", -10);
        var onnx = Path.Combine(second.Path, "model.onnx");
        var card = Path.Combine(second.Path, "model.json");
        if (how == "content") await File.WriteAllBytesAsync(onnx, TinyModel.Make(_server.Workspace, "evil", -3).Onnx);
        else if (how == "checksums") await File.AppendAllTextAsync(card, " ");
        else File.Delete(onnx);
        Registry.Point(_server.Workspace, second);
        await ServerProcess.Until(async () => await _server.ReadinessAsync() == "refused", "the tampered version is refused");

        Assert.Equal(1, await VersionAsync());
        Assert.Equal(1, await _server.MetricAsync("flywheel_model_refused{alias=\"production\"}"));
        Assert.Equal(1, await _server.MetricAsync("flywheel_model_loads_total{alias=\"production\",outcome=\"refused\"}"));
        await ServerProcess.Until(() => Task.FromResult(_server.EventLog().Contains("version 2 was refused, version 1 stays in service", StringComparison.Ordinal)), "the log says so");

        var third = Registry.Add(_server.Workspace, "third", -5);
        Registry.Point(_server.Workspace, third);
        await ServerProcess.Until(async () => await _server.ReadinessAsync() == "ready", "a whole version is taken");
        Assert.Equal(3, await VersionAsync());
        Assert.Equal(0, await _server.MetricAsync("flywheel_model_refused{alias=\"production\"}"));
    }

    [Fact]
    public async Task Without_a_version_it_waits_for_one_and_says_so()
    {
        using var server = new ServerProcess(publish: false);
        await server.StartAsync();
        using var ready = await server.Client.GetAsync("/readyz");
        Assert.Equal("AliasNotFound", (await ServerProcess.Json(ready, HttpStatusCode.ServiceUnavailable)).GetProperty("refusal").GetString());
        using var answer = await server.PredictAsync(Pictures.Png((_, _) => 200));
        await ServerProcess.Problem(answer, HttpStatusCode.ServiceUnavailable, "EndpointNotReady");
        Assert.NotNull(answer.Headers.RetryAfter);
        Registry.Point(server.Workspace, Registry.Add(server.Workspace));
        await ServerProcess.Until(async () => await server.ReadinessAsync() == "ready", "the first version is taken");
        await server.AnswerAsync(Pictures.Png((_, _) => 200));
    }

    [Fact]
    public async Task Twenty_publishes_and_rollbacks_under_load_fail_no_request()
    {
        await _server.StartAsync("--keep", "none");
        var second = Registry.Add(_server.Workspace, "second", -10);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 6).Select(client => Task.Run(async () =>
        {
            var versions = new List<int>();
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var answer = await _server.AnswerAsync(Pictures.Png((x, y) => (byte)(180 + (x * y + i + client) % 40)));
                // Label and version belong together, whatever moment it is.
                Assert.Equal(answer.GetProperty("model").GetProperty("version").GetInt32() == 1 ? "open" : "closed", answer.GetProperty("label").GetString());
                versions.Add(answer.GetProperty("model").GetProperty("version").GetInt32());
            }
            return versions;
        })).ToArray();
        for (var move = 0; move < 20; move++)
        {
            var to = move % 2 == 0 ? second : _server.First;
            Registry.Point(_server.Workspace, to);
            await ServerProcess.Until(async () => await VersionAsync() == to.Number, $"move {move} is in service");
        }
        await stop.CancelAsync();
        var seen = await Task.WhenAll(load); // an answer that was not 200 has thrown
        Assert.All(seen, versions => Assert.Equal(2, versions.Distinct().Count()));
        Assert.Equal(21, await _server.MetricAsync("flywheel_model_loads_total{alias=\"production\",outcome=\"loaded\"}"));
    }

    [Fact]
    public async Task A_challenger_is_scored_and_recorded_and_never_answers()
    {
        Registry.Point(_server.Workspace, Registry.Add(_server.Workspace, "challenger", -10), "challenger");
        await _server.StartAsync("--challenger", "challenger");
        for (var i = 0; i < 20; i++)
            Assert.Equal("open", (await _server.AnswerAsync(Pictures.Png((x, _) => (byte)(200 + (x + i) % 30)))).GetProperty("label").GetString());
        await ServerProcess.Until(async () => await _server.MetricAsync("flywheel_shadow_total{outcome=\"scored\"}") == 20, "all are scored in shadow");
        var shadow = _server.Workspace.Catalogue.Predictions(new PredictionQuery { Sources = [PredictionSource.Shadow], LatestPerImage = false }).ToList();
        Assert.Equal(20, shadow.Count);
        Assert.All(shadow, p => Assert.Equal("closed", p.Label));
        Assert.Equal(20, _server.Workspace.Catalogue.Predictions(new PredictionQuery { LatestPerImage = false }).Count()); // shadow stays out unless asked for
        Assert.Equal(0, await _server.MetricAsync("flywheel_shadow_total{outcome=\"agreed\"}"));
    }

    [Fact]
    public async Task A_broken_challenger_changes_nothing_for_the_answers()
    {
        var broken = Registry.Add(_server.Workspace, "broken", -10);
        File.Delete(Path.Combine(broken.Path, "model.onnx"));
        Registry.Point(_server.Workspace, broken, "challenger");
        await _server.StartAsync("--challenger", "challenger");
        Assert.Equal(1, await VersionAsync());
        Assert.Equal("ready", await _server.ReadinessAsync());
        Assert.Equal(1, await _server.MetricAsync("flywheel_model_refused{alias=\"challenger\"}"));
    }
}

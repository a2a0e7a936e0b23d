using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Flywheel.Engine.Endpoints;

namespace Flywheel.Server.Tests;

public sealed class AccessTests : IDisposable
{
    readonly ServerProcess _server = new();

    public void Dispose() => _server.Dispose();

    static readonly byte[] s_image = Pictures.Png((_, _) => 220);

    [Fact]
    public async Task From_the_first_key_on_each_route_asks_for_its_role()
    {
        EndpointKey Key(EndpointRole role) => EndpointKeys.Create(_server.Workspace, role.ToString(), [role], null);
        var keys = Enum.GetValues<EndpointRole>().ToDictionary(r => r, Key);
        await _server.StartAsync();
        using var predict = _server.NewClient(keys[EndpointRole.Predict].Key);
        using var first = await predict.PostAsync("/v1/predict", ServerProcess.Image(s_image));
        var id = (await ServerProcess.Json(first, HttpStatusCode.OK)).GetProperty("id").GetString();

        (string Route, EndpointRole Role, Func<HttpClient, Task<HttpResponseMessage>> Send)[] routes =
        [
            ("predict", EndpointRole.Predict, c => c.PostAsync("/v1/predict", ServerProcess.Image(s_image))),
            ("feedback", EndpointRole.Feedback, c => c.PostAsJsonAsync($"/v1/predictions/{id}/feedback", new { verdict = "right" })),
            ("read", EndpointRole.Review, c => c.GetAsync($"/v1/predictions/{id}")),
            ("metrics", EndpointRole.Review, c => c.GetAsync("/metrics")),
        ];
        foreach (var (route, role, send) in routes)
        {
            foreach (var (own, key) in keys)
            {
                using var client = _server.NewClient(key.Key);
                using var response = await send(client);
                var allowed = own == role || own == EndpointRole.Admin;
                Assert.True(response.IsSuccessStatusCode == allowed, $"{route} with a key for {own}: {response.StatusCode}");
                if (!allowed) await ServerProcess.Problem(response, HttpStatusCode.Forbidden, "RoleNeeded");
            }
            using var without = await send(_server.Client);
            await ServerProcess.Problem(without, HttpStatusCode.Unauthorized, "KeyNeeded");
            Assert.Equal("Bearer", without.Headers.WwwAuthenticate.Single().Scheme);
        }
        Assert.Equal($"key {keys[EndpointRole.Feedback].Id}", _server.Workspace.Catalogue.Feedback(new FeedbackQuery()).First().Reporter);
        using var health = await _server.Client.GetAsync("/healthz");
        Assert.True(health.IsSuccessStatusCode);

        using var admin = _server.NewClient(keys[EndpointRole.Admin].Key);
        using var stop = await admin.PostAsync("/v1/stop", null);
        await ServerProcess.Json(stop, HttpStatusCode.Accepted);
        await _server.Process.WaitForExitAsync();
        Assert.Equal(0, _server.Process.ExitCode);
    }

    [Fact]
    public async Task A_key_that_is_made_or_taken_away_counts_in_the_endpoint_that_runs_and_the_last_one_leaves_no_open_door()
    {
        await _server.StartAsync();
        await _server.AnswerAsync(s_image);
        var key = EndpointKeys.Create(_server.Workspace, "line 3", [EndpointRole.Predict], null);
        await ServerProcess.Until(async () => (await _server.PredictAsync(s_image)).StatusCode == HttpStatusCode.Unauthorized, "a key is demanded");
        using var client = _server.NewClient(key.Key);
        using var with = await client.PostAsync("/v1/predict", ServerProcess.Image(s_image));
        Assert.True(with.IsSuccessStatusCode);
        EndpointKeys.Remove(_server.Workspace, key.Id);
        await ServerProcess.Until(async () => (await client.PostAsync("/v1/predict", ServerProcess.Image(s_image))).StatusCode == HttpStatusCode.Unauthorized, "the key is refused");
        Assert.Equal(HttpStatusCode.Unauthorized, (await _server.PredictAsync(s_image)).StatusCode);
    }

    [Fact]
    public void Only_the_hash_of_a_key_is_kept_and_only_the_whole_key_opens()
    {
        var now = DateTimeOffset.UtcNow;
        var made = EndpointKeys.Create(_server.Workspace, "line 3", [EndpointRole.Predict, EndpointRole.Feedback], now.AddHours(1));
        var file = EndpointFiles.KeysOf(_server.Workspace);
        var secret = made.Key!.Split('_', 3)[2];
        Assert.Equal(43, secret.Length); // 256 bits
        Assert.DoesNotContain(secret, File.ReadAllText(file));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        var keys = EndpointKeys.Load(_server.Workspace);
        Assert.Equal(made.Id, keys.Check(made.Key, now)!.Id);
        Assert.Null(keys.Check(made.Key, now.AddHours(2))!);
        Assert.Null(Assert.Single(keys.All).Key);
        foreach (var wrong in (string[])["", "fwk", made.Id, $"fwk_{made.Id}_", made.Key[..^1], made.Key + "A", made.Key.ToUpperInvariant(), $"fwk_00000000_{secret}", new string('a', 100_000)])
            Assert.Null(keys.Check(wrong, now));
        Assert.Equal("EndpointKeyNotFound", Assert.Throws<FlywheelException>(() => EndpointKeys.Remove(_server.Workspace, "00000000")).ErrorId);
        Assert.Equal("InvalidOption", Assert.Throws<FlywheelException>(() => EndpointKeys.Create(_server.Workspace, "late", [EndpointRole.Predict], now.AddSeconds(-1))).ErrorId);
    }

    [Fact]
    public async Task Beyond_this_machine_it_does_not_listen_without_a_key()
    {
        _server.Launch("--address", "0.0.0.0");
        await _server.Process.WaitForExitAsync();
        Assert.Equal(1, _server.Process.ExitCode);
        await ServerProcess.Until(() => Task.FromResult(_server.Errors.Contains('}', StringComparison.Ordinal)), "the reason is told");
        Assert.Equal("EndpointKeyNeeded", JsonDocument.Parse(_server.Errors.Trim()).RootElement.GetProperty("ErrorId").GetString());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        _server.Launch("--port", ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await _server.Process.WaitForExitAsync();
        Assert.Equal(1, _server.Process.ExitCode);
        await ServerProcess.Until(() => Task.FromResult(_server.Errors.Contains("EndpointAddressUnavailable", StringComparison.Ordinal)), "the reason is told");
    }

    [Fact]
    public async Task Without_keys_a_page_of_another_site_gets_nothing()
    {
        await _server.StartAsync();
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/v1/predict") { Content = ServerProcess.Image(s_image) };
        foreign.Headers.Add("Origin", "https://example.com");
        using var crossSite = await _server.Client.SendAsync(foreign);
        await ServerProcess.Problem(crossSite, HttpStatusCode.Forbidden, "CrossSite");
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        rebound.Headers.Host = "attacker.example.com";
        using var rebinding = await _server.Client.SendAsync(rebound);
        await ServerProcess.Problem(rebinding, HttpStatusCode.BadRequest, "RequestRefused");
        using var own = new HttpRequestMessage(HttpMethod.Post, "/v1/predict") { Content = ServerProcess.Image(s_image) };
        own.Headers.Add("Origin", _server.Url.GetLeftPart(UriPartial.Authority));
        using var same = await _server.Client.SendAsync(own);
        Assert.True(same.IsSuccessStatusCode);
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Flywheel.Server.Tests;

public sealed class KillTests : IDisposable
{
    const int Kills = 6;

    readonly ServerProcess _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Killed_under_load_again_and_again_it_loses_nothing_it_acknowledged()
    {
        var predictions = new ConcurrentDictionary<string, string>();
        var reports = new ConcurrentDictionary<string, string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await _server.StartAsync("--keep", "sampled:0.2");
            var sofar = (predictions.Count, reports.Count);
            var load = Enumerable.Range(0, 6).Select(client => Task.Run(() => LoadAsync(_server.Client, kill * 1_000_000 + client * 100_000, predictions, reports))).ToArray();
            await ServerProcess.Until(() => Task.FromResult(predictions.Count >= sofar.Item1 + 40 + 10 * kill && reports.Count > sofar.Item2 + 10), "the load runs");
            _server.Kill();
            await Task.WhenAll(load);
            _server.Client.Dispose();
            _server.Reopen(); // opens clean

            var recorded = _server.Workspace.Catalogue.Predictions(new PredictionQuery { LatestPerImage = false }).ToDictionary(p => p.Id);
            Assert.All(predictions, p => Assert.Equal(p.Value, recorded[p.Key].ImageId));
            var feedback = _server.Workspace.Catalogue.Feedback(new FeedbackQuery()).ToDictionary(f => f.Id);
            Assert.All(reports, r => Assert.Equal(r.Value, feedback[r.Key].PredictionId));
            // No picture half written under its name.
            var images = _server.Workspace.Catalogue.Images(new ImageQuery()).ToDictionary(i => i.Id);
            Assert.All(recorded.Values.Where(p => p.Path.Length > 0), p => Assert.Equal(images[p.ImageId].Bytes, new FileInfo(p.Path).Length));
        }
        Assert.True(predictions.Count > 40 * Kills && reports.Count > 10 * Kills);
        using var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_server.Workspace.StatePath, "catalogue.db")};Pooling=False");
        database.Open();
        using var check = database.CreateCommand();
        check.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", check.ExecuteScalar());
    }

    static async Task LoadAsync(HttpClient client, int seed, ConcurrentDictionary<string, string> predictions, ConcurrentDictionary<string, string> reports)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                using var response = await client.PostAsync("/v1/predict", ServerProcess.Image(Pictures.Png(seed + i)));
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement;
                var id = answer.GetProperty("id").GetString()!;
                predictions[id] = answer.GetProperty("imageId").GetString()!;
                if (i % 3 != 0) continue;
                using var report = await client.PostAsJsonAsync($"/v1/predictions/{id}/feedback", new { verdict = "wrong", reason = $"report {i}" });
                Assert.Equal(HttpStatusCode.Created, report.StatusCode);
                reports[JsonDocument.Parse(await report.Content.ReadAsByteArrayAsync()).RootElement.GetProperty("id").GetString()!] = id;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Killed.
        }
    }
}

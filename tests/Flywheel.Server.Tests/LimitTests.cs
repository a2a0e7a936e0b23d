using System.Net;

namespace Flywheel.Server.Tests;

public sealed class LimitTests : IDisposable
{
    readonly ServerProcess _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_full_endpoint_says_when_to_come_back_and_recovers()
    {
        await _server.StartAsync("--max-queue", "1", "--keep", "none");
        // One request holds the only place: its body does not end.
        using var endless = new EndlessContent(Pictures.Png(1));
        var holding = _server.Client.PostAsync("/v1/predict", endless);
        await endless.Begun;
        await ServerProcess.Until(async () => await _server.MetricAsync("flywheel_images_in_work") == 1, "the place is taken");
        using var refused = await _server.PredictAsync(Pictures.Png(2));
        await ServerProcess.Problem(refused, HttpStatusCode.TooManyRequests, "EndpointBusy");
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(1, await _server.MetricAsync("flywheel_refused_total{full=\"images\"}"));

        endless.Finish();
        using var held = await holding;
        await ServerProcess.Json(held, HttpStatusCode.OK);
        await _server.AnswerAsync(Pictures.Png(3));
    }

    [Fact]
    public async Task More_images_in_a_request_than_the_endpoint_ever_holds_are_not_told_to_come_back()
    {
        await _server.StartAsync("--max-queue", "2", "--keep", "none");
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 3; i++) form.Add(ServerProcess.Image(Pictures.Png(i)), "f", $"{i}.png");
        using var refused = await _server.Client.PostAsync("/v1/predict", form);
        await ServerProcess.Problem(refused, HttpStatusCode.RequestEntityTooLarge, "TooManyImages");
        Assert.Null(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_burst_beyond_the_queue_is_answered_or_refused_and_every_answer_is_recorded()
    {
        await _server.StartAsync("--max-queue", "4", "--keep", "none");
        var responses = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => _server.PredictAsync(Pictures.Png(i))));
        Assert.All(responses, r => Assert.Contains(r.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.TooManyRequests]));
        var answered = responses.Count(r => r.StatusCode == HttpStatusCode.OK);
        Assert.NotEqual(0, answered);
        Assert.Equal(answered, _server.Workspace.Catalogue.Predictions(new PredictionQuery { LatestPerImage = false }).Count());
        Assert.Equal(60 - answered, await _server.MetricAsync("flywheel_refused_total{full=\"images\"}"));
        foreach (var response in responses) response.Dispose();
    }

    [Fact]
    public async Task Images_that_come_together_share_a_run_of_the_network()
    {
        await _server.StartAsync("--keep", "none", "--max-wait", "1000", "--max-batch", "4");
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 8; i++) form.Add(ServerProcess.Image(Pictures.Png(i, 200, 200)), "f", $"{i}.png");
        using var response = await _server.Client.PostAsync("/v1/predict", form);
        await ServerProcess.Json(response, HttpStatusCode.OK);
        Assert.InRange(await _server.MetricAsync("flywheel_batch_images_count"), 2, 7);
        Assert.Equal(8, await _server.MetricAsync("flywheel_batch_images_sum"));
        Assert.Equal(await _server.MetricAsync("flywheel_batch_images_count"), await _server.MetricAsync("flywheel_batch_images_bucket{le=\"4\"}"));
    }

    [Fact]
    public async Task A_body_that_does_not_end_in_time_is_given_up()
    {
        await _server.StartAsync("--body-timeout", "1");
        using var socket = _server.Connect();
        await socket.SendAsync("POST /v1/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\nabc"u8.ToArray());
        var answer = await ServerProcess.ReadAsync(socket);
        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.Contains("\"errorId\":\"RequestTimeout\"", answer);
        await _server.AnswerAsync(Pictures.Png(1));
    }

    /// <summary>Sends all but the last byte, and that one when told to.</summary>
    sealed class EndlessContent : HttpContent
    {
        readonly byte[] _bytes;
        readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndlessContent(byte[] bytes)
        {
            _bytes = bytes;
            Headers.ContentType = new("image/png");
        }

        public Task Begun => _begun.Task;

        public void Finish() => _finish.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_bytes.AsMemory(0, _bytes.Length - 1));
            await stream.FlushAsync();
            _begun.TrySetResult();
            await _finish.Task;
            await stream.WriteAsync(_bytes.AsMemory(_bytes.Length - 1));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

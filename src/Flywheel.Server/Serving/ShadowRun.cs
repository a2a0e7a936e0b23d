using System.Collections.Concurrent;
using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Production;
using Flywheel.Server.Observing;

namespace Flywheel.Server.Serving;

/// <summary>
/// Scores images with the challenger, after their answers were given, on a thread of low priority. What it has no room for it drops and
/// counts; whatever goes wrong in it stays in it.
/// </summary>
sealed partial class ShadowRun : IHostedService, IDisposable
{
    readonly EndpointOptions _options;
    readonly Recorder _recorder;
    readonly Metrics _metrics;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly BlockingCollection<Work> _queue;
    Thread? _thread;

    sealed record Work(FlywheelImage Image, IReadOnlyDictionary<string, string> Tags, string Answer, float[] Input, ServedModel Model);

    public ShadowRun(EndpointOptions options, Recorder recorder, Metrics metrics, TimeProvider time, ILogger<ShadowRun> logger)
    {
        _options = options;
        _recorder = recorder;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _queue = new BlockingCollection<Work>(options.MaxQueue);
    }

    /// <summary>Takes the challenger's part of an image that was recorded; returns at once.</summary>
    public void Offer(ImageJob job)
    {
        if (job.Challenger is not { } model || job.ChallengerInput is not { } input) return;
        if (_queue.TryAdd(new Work(job.Image, job.Tags, job.Prediction.Label, input, model))) job.Challenger = null; // the lease goes along
        else _metrics.Shadow.Add("dropped");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread = new Thread(Run) { Name = "shadow", IsBackground = true, Priority = ThreadPriority.BelowNormal };
        _thread.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() =>
    {
        _queue.CompleteAdding();
        _thread?.Join();
    }, cancellationToken);

    void Run()
    {
        var batch = new List<Work>(_options.MaxBatch);
        Work? next = null;
        while (next is not null || _queue.TryTake(out next, Timeout.Infinite))
        {
            batch.Clear();
            batch.Add(next);
            next = null;
            while (batch.Count < _options.MaxBatch && _queue.TryTake(out var work))
            {
                if (!ReferenceEquals(work.Model, batch[0].Model))
                {
                    next = work;
                    break;
                }
                batch.Add(work);
            }
            Score(batch);
        }
    }

    void Score(List<Work> batch)
    {
        var model = batch[0].Model;
        try
        {
            var length = model.Input.Length;
            var buffer = new float[batch.Count * length];
            for (var i = 0; i < batch.Count; i++) batch[i].Input.CopyTo(buffer, i * length);
            var scores = model.Run(buffer, batch.Count);
            var now = _time.GetUtcNow();
            ScoredImage[] scored = [.. batch.Select((w, i) => new ScoredImage(w.Image, scores.ProbabilitiesOf(i).ToArray(), null, scores.EmbeddingOf(i).ToArray()))];
            Prediction[] predictions = [.. scored.Select((s, i) => s.ToPrediction(model.Model, now) with { Tags = batch[i].Tags, Source = PredictionSource.Shadow })];
            _recorder.RecordShadow(model.Model, scored, predictions);
            _metrics.Shadow.Add("scored", by: batch.Count);
            _metrics.Shadow.Add("agreed", by: predictions.Where((p, i) => p.Label == batch[i].Answer).Count());
        }
#pragma warning disable CA1031 // nothing of the challenger may touch the answers
        catch (Exception e)
#pragma warning restore CA1031
        {
            _metrics.Shadow.Add("failed", by: batch.Count);
            Failed(batch.Count, e);
        }
        finally
        {
            foreach (var work in batch) work.Model.Release();
        }
    }

    public void Dispose() => _queue.Dispose();

    [LoggerMessage(1, LogLevel.Warning, "The challenger failed on {Images} images")]
    partial void Failed(int images, Exception exception);
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Flywheel.Engine.Endpoints;
using Flywheel.Engine.Production;
using Flywheel.Imaging;
using Flywheel.Server.Errors;
using Flywheel.Server.Observing;

namespace Flywheel.Server.Serving;

/// <summary>
/// From bytes to recorded answers on threads of its own: decode (one thread a core), inference (micro-batches), commit (one transaction for
/// all that is ready). An image is answered when its prediction is in the catalogue, not before. Its queues are bounded by
/// <see cref="Admission"/>, which every image has passed.
/// </summary>
sealed partial class Pipeline : IHostedService, IDisposable
{
    readonly EndpointOptions _options;
    readonly Recorder _recorder;
    readonly KeptImages _kept;
    readonly ShadowRun? _shadow;
    readonly Metrics _metrics;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly DecodeOptions _limits;
    readonly BlockingCollection<ImageJob> _encoded = [];
    readonly BlockingCollection<ImageJob> _decoded = [];
    readonly BlockingCollection<ImageJob> _scored = [];
    readonly List<Thread> _decoders = [];
    Thread? _inference;
    Thread? _commit;
    int _coming; // images in the decode stage, which may yet join a batch

    public Pipeline(EndpointOptions options, Recorder recorder, KeptImages kept, Metrics metrics, TimeProvider time, ILogger<Pipeline> logger, ShadowRun? shadow = null)
    {
        _options = options;
        _recorder = recorder;
        _kept = kept;
        _shadow = shadow;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _limits = new DecodeOptions { MaxBytes = options.MaxBytes, MaxPixels = options.MaxPixels };
    }

    /// <summary>Takes an image; <see cref="ImageJob.Answer"/> ends when it is recorded or refused.</summary>
    public void Submit(ImageJob job)
    {
        Interlocked.Increment(ref _coming);
        _encoded.Add(job);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < Environment.ProcessorCount; i++) _decoders.Add(Start($"decode {i}", Decode));
        _inference = Start("inference", Infer);
        _commit = Start("commit", Commit);
        return Task.CompletedTask;

        static Thread Start(string name, ThreadStart work)
        {
            var thread = new Thread(work) { Name = name, IsBackground = true };
            thread.Start();
            return thread;
        }
    }

    /// <summary>The web server has stopped by now: what is in work is finished, stage by stage.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() =>
    {
        _encoded.CompleteAdding();
        foreach (var thread in _decoders) thread.Join();
        _decoded.CompleteAdding();
        _inference?.Join();
        _scored.CompleteAdding();
        _commit?.Join();
    }, cancellationToken);

    void Decode()
    {
        foreach (var job in _encoded.GetConsumingEnumerable())
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                using (var picture = ImageDecoder.Decode(job.Bytes, job.Name, _limits))
                {
                    job.Measurement = ImageMeasurer.Measure(picture);
                    job.Input = InputOf(picture, job.Model);
                    if (job.Challenger is { } challenger) job.ChallengerInput = SameInput(job.Model, challenger) ? job.Input : InputOf(picture, challenger);
                    job.Image = ImageOf(job, Convert.ToHexStringLower(SHA256.HashData(job.Bytes)), picture.Format);
                }
                if (_options.Keep.KeepsAlways(job.Image.Id)) job.Image = _kept.Keep(job);
                _metrics.StageSeconds.Observe(Metrics.Since(start), "decode");
                job.Entered = Stopwatch.GetTimestamp();
                _decoded.Add(job);
            }
#pragma warning disable CA1031 // the fault is the image's alone, whatever it is
            catch (Exception e)
#pragma warning restore CA1031
            {
                job.Fail(e);
            }
            finally
            {
                Interlocked.Decrement(ref _coming);
            }
        }
    }

    static float[] InputOf(PixelImage picture, ServedModel model)
    {
        var input = GC.AllocateUninitializedArray<float>(model.Input.Length);
        Preprocessor.Fill(picture, model.Input, input);
        return input;
    }

    static bool SameInput(ServedModel a, ServedModel b) =>
        a.Input.Width == b.Input.Width && a.Input.Height == b.Input.Height && a.Input.Channels == b.Input.Channels && a.Input.Mean.SequenceEqual(b.Input.Mean) && a.Input.Std.SequenceEqual(b.Input.Std);

    static FlywheelImage ImageOf(ImageJob job, string id, string format)
    {
        var m = job.Measurement;
        return new FlywheelImage
        {
            Id = id, Path = "", Format = format, Bytes = job.Bytes.Length, Width = m.Width, Height = m.Height, Brightness = m.Brightness, Contrast = m.Contrast,
            Sharpness = m.Sharpness, Entropy = m.Entropy, Colorfulness = m.Colorfulness, PerceptualHash = m.PerceptualHash,
        };
    }

    void Infer()
    {
        var batch = new List<ImageJob>(_options.MaxBatch);
        float[] buffer = [];
        ImageJob? next = null;
        while (next is not null || _decoded.TryTake(out next, Timeout.Infinite))
        {
            batch.Clear();
            batch.Add(next);
            next = null;
            var start = Stopwatch.GetTimestamp();
            while (batch.Count < _options.MaxBatch)
            {
                if (!_decoded.TryTake(out var job))
                {
                    // Wait only for images that are being decoded now: alone, an image is answered at once.
                    var left = _options.MaxWait - (int)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    if (left <= 0 || Volatile.Read(ref _coming) == 0 || !_decoded.TryTake(out job, left)) break;
                }
                if (!ReferenceEquals(job.Model, batch[0].Model))
                {
                    next = job; // the version changed: it begins a batch of its own
                    break;
                }
                batch.Add(job);
            }
            Score(batch, ref buffer);
        }
    }

    void Score(List<ImageJob> batch, ref float[] buffer)
    {
        var model = batch[0].Model;
        try
        {
            var length = model.Input.Length;
            if (buffer.Length < batch.Count * length) buffer = new float[_options.MaxBatch * length];
            for (var i = 0; i < batch.Count; i++)
            {
                _metrics.StageSeconds.Observe(Metrics.Since(batch[i].Entered), "wait");
                batch[i].Input.CopyTo(buffer, i * length);
            }
            var start = Stopwatch.GetTimestamp();
            var scores = model.Run(buffer, batch.Count);
            _metrics.StageSeconds.Observe(Metrics.Since(start), "infer");
            _metrics.BatchSize.Observe(batch.Count);
            var now = _time.GetUtcNow();
            for (var i = 0; i < batch.Count; i++)
            {
                var job = batch[i];
                job.Scored = new ScoredImage(job.Image, scores.ProbabilitiesOf(i).ToArray(), null, scores.EmbeddingOf(i).ToArray());
                job.Prediction = job.Scored.ToPrediction(model.Model, now) with { Tags = job.Tags, Source = PredictionSource.Endpoint };
                job.Entered = Stopwatch.GetTimestamp();
                _scored.Add(job);
            }
        }
#pragma warning disable CA1031 // the images of this batch get no answer; the next batch may
        catch (Exception e)
#pragma warning restore CA1031
        {
            ScoringFailed(batch.Count, e);
            foreach (var job in batch) job.Fail(e);
        }
    }

    void Commit()
    {
        var group = new List<ImageJob>();
        while (_scored.TryTake(out var first, Timeout.Infinite))
        {
            group.Clear();
            group.Add(first);
            while (group.Count < 512 && _scored.TryTake(out var job)) group.Add(job);
            try
            {
                foreach (var job in group)
                {
                    if (job.Image.Path.Length > 0 || !_options.Keep.KeepsFor(job.Prediction.Confidence)) continue;
                    job.Image = _kept.Keep(job);
                    job.Prediction = job.Prediction with { Path = job.Image.Path };
                }
                _recorder.Record(group);
            }
#pragma warning disable CA1031 // what could not be recorded is not answered
            catch (Exception e)
#pragma warning restore CA1031
            {
                RecordingFailed(group.Count, e);
                foreach (var job in group) job.Fail(e);
                continue;
            }
            foreach (var job in group)
            {
                _metrics.StageSeconds.Observe(Metrics.Since(job.Entered), "commit");
                _metrics.Confidence.Observe(job.Prediction.Confidence);
                _metrics.Predictions.Add(job.Model.Alias.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), job.Prediction.Label);
                _shadow?.Offer(job);
                job.Complete();
            }
        }
    }

    public void Dispose()
    {
        _encoded.Dispose();
        _decoded.Dispose();
        _scored.Dispose();
    }

    [LoggerMessage(1, LogLevel.Error, "{Images} images could not be scored")]
    partial void ScoringFailed(int images, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The answers to {Images} images could not be recorded and were not given")]
    partial void RecordingFailed(int images, Exception exception);
}

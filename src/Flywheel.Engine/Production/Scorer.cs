using System.Collections.Concurrent;
using Flywheel.Engine.Training;
using Flywheel.Imaging;
using Flywheel.Inference;

namespace Flywheel.Engine.Production;

/// <summary>
/// Runs images through a model: decoding and network side by side on all cores, a batch per core with one thread each, results in the
/// order of the input, memory bounded by a few batches.
/// </summary>
public sealed class Scorer : IDisposable
{
    /// <summary>Images in one run of the network. More gains nothing (measured), fewer costs.</summary>
    public const int BatchSize = 32;

    readonly OnnxClassifier _network;
    readonly int _workers;
    readonly ConcurrentBag<float[]> _buffers = [];

    /// <summary>Loads the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="workers">Batches worked on at once; 0 for one per core.</param>
    /// <exception cref="FlywheelException">As <see cref="ModelFolder.ReadOnnx"/> and <see cref="OnnxClassifier.Load(byte[], string, int)"/>; <c>ModelLabelsDiffer</c>.</exception>
    public Scorer(Model model, int workers = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        _network = OnnxClassifier.Load(ModelFolder.ReadOnnx(model), model.OnnxPath, threads: 1);
        if (!_network.Labels.SequenceEqual(model.Labels))
        {
            _network.Dispose();
            throw new FlywheelException("ModelLabelsDiffer", FaultCategory.InvalidData,
                $"The model file '{model.OnnxPath}' has the labels {string.Join(", ", _network.Labels)}; the catalogue says {string.Join(", ", model.Labels)}.", model.OnnxPath,
                "The file was replaced. Restore it, or train again.");
        }
        _workers = workers > 0 ? workers : Environment.ProcessorCount;
    }

    /// <summary>Length of an embedding; 0 if the model has none.</summary>
    public int EmbeddingLength => _network.EmbeddingLength;

    /// <summary>Scores images. One that cannot be read is a fault and left out.</summary>
    /// <param name="images">Any number; read as they are needed.</param>
    /// <param name="flip">True: also score the mirrored image and give the mean.</param>
    /// <param name="reporter">Gets the faults.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <returns>In the order of the input.</returns>
    public IEnumerable<ScoredImage> Score(IEnumerable<FlywheelImage> images, bool flip, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(reporter);
        return Run(images, flip ? Mode.Flip : Mode.Plain, reporter, token);
    }

    /// <summary>Scores images on average over themselves and <see cref="InputPerturbations.Variations"/>. One that cannot be read is a fault and left out.</summary>
    /// <param name="images">Any number; read as they are needed.</param>
    /// <param name="reporter">Gets the faults.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <returns>In the order of the input, the mean probabilities, without embeddings.</returns>
    public IEnumerable<ScoredImage> ScoreVaried(IEnumerable<FlywheelImage> images, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(reporter);
        return Run(images, Mode.Varied, reporter, token);
    }

    enum Mode
    {
        Plain,
        Flip,
        Varied,
    }

    IEnumerable<ScoredImage> Run(IEnumerable<FlywheelImage> images, Mode mode, IReporter reporter, CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var running = new Queue<Task<List<ScoredImage>>>();
        try
        {
            foreach (var batch in images.Chunk(BatchSize))
            {
                token.ThrowIfCancellationRequested();
                if (running.Count > _workers)
                    foreach (var scored in running.Dequeue().GetAwaiter().GetResult()) yield return scored;
                running.Enqueue(Task.Run(() => ScoreBatch(batch, mode, reporter, stop.Token), CancellationToken.None));
            }
            while (running.Count > 0)
                foreach (var scored in running.Dequeue().GetAwaiter().GetResult()) yield return scored;
        }
        finally
        {
            // Reached early when the caller has enough or something failed: nothing may still use the network when it is disposed.
            stop.Cancel();
            foreach (var task in running) ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
            foreach (var task in running) _ = task.Exception; // an end nobody waits for any more
        }
    }

    List<ScoredImage> ScoreBatch(FlywheelImage[] batch, Mode mode, IReporter reporter, CancellationToken token)
    {
        var spec = _network.Preprocessing;
        if (!_buffers.TryTake(out var buffer)) buffer = new float[BatchSize * spec.Length];
        try
        {
            var kept = new List<FlywheelImage>(batch.Length);
            foreach (var image in batch)
            {
                token.ThrowIfCancellationRequested();
                try
                {
                    CheckUnchanged(image);
                    ImageInput.Read(image.Path, spec, buffer.AsSpan(kept.Count * spec.Length, spec.Length));
                    kept.Add(image);
                }
                catch (FlywheelException fault)
                {
                    reporter.Fault(fault);
                }
            }
            var results = new List<ScoredImage>(kept.Count);
            if (kept.Count == 0) return results;
            token.ThrowIfCancellationRequested();
            if (mode == Mode.Varied) return Varied(kept, buffer, token);
            var scores = _network.Run(buffer, kept.Count);
            ScoredBatch? mirrored = null;
            if (mode == Mode.Flip)
            {
                for (var row = 0; row < kept.Count * spec.Channels * spec.Height; row++) buffer.AsSpan(row * spec.Width, spec.Width).Reverse();
                mirrored = _network.Run(buffer, kept.Count);
            }
            for (var i = 0; i < kept.Count; i++)
                results.Add(new ScoredImage(kept[i], scores.ProbabilitiesOf(i).ToArray(), mirrored is null ? null : LogitMean(scores.ProbabilitiesOf(i), mirrored.ProbabilitiesOf(i)),
                    scores.EmbeddingOf(i).ToArray()));
            return results;
        }
        finally
        {
            _buffers.Add(buffer);
        }
    }

    List<ScoredImage> Varied(List<FlywheelImage> images, float[] input, CancellationToken token)
    {
        var spec = _network.Preprocessing;
        var means = images.ConvertAll(_ => new float[_network.Labels.Count]);
        Add(_network.Run(input, images.Count));
        if (!_buffers.TryTake(out var varied)) varied = new float[input.Length];
        foreach (var variation in InputPerturbations.Variations)
        {
            token.ThrowIfCancellationRequested();
            for (var i = 0; i < images.Count; i++) variation.Apply(input.AsSpan(i * spec.Length, spec.Length), spec.Channels, spec.Height, spec.Width, varied.AsSpan(i * spec.Length, spec.Length), seed: 0);
            Add(_network.Run(varied, images.Count));
        }
        _buffers.Add(varied);
        return [.. images.Select((image, i) => new ScoredImage(image, means[i], null, []))];

        void Add(ScoredBatch scores)
        {
            for (var i = 0; i < means.Count; i++)
                for (var c = 0; c < means[i].Length; c++) means[i][c] += scores.ProbabilitiesOf(i)[c] / (1 + InputPerturbations.Variations.Count);
        }
    }

    /// <summary>The softmax of the mean logits is the normalised geometric mean of the probabilities.</summary>
    static float[] LogitMean(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var mean = new float[a.Length];
        double sum = 0;
        for (var c = 0; c < mean.Length; c++) sum += mean[c] = (float)Math.Sqrt(Math.Max(a[c], 1e-30) * (double)Math.Max(b[c], 1e-30));
        for (var c = 0; c < mean.Length; c++) mean[c] = (float)(mean[c] / sum);
        return mean;
    }

    /// <summary>An image is its bytes: a prediction of other bytes must not be recorded under its id.</summary>
    static void CheckUnchanged(FlywheelImage image)
    {
        var file = new FileInfo(image.Path);
        if (file.Exists && file.Length != image.Bytes)
            throw new FlywheelException("ImageChanged", FaultCategory.InvalidData, $"'{image.Path}' has {file.Length:N0} bytes; when it was catalogued it had {image.Bytes:N0}.", image.Path,
                "Import the file again, or restore it.");
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}

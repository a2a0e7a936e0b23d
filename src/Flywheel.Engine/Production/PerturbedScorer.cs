using Flywheel.Engine.Training;
using Flywheel.Imaging;
using Flywheel.Inference;

namespace Flywheel.Engine.Production;

/// <summary>What a model says of changed inputs: every image under every shift, and each of these under every view.</summary>
public sealed class PerturbedScorer : IDisposable
{
    const int Batch = 32;

    readonly OnnxClassifier _network;

    /// <summary>Loads the model.</summary>
    /// <exception cref="FlywheelException">As <see cref="ModelFolder.ReadOnnx"/> and <see cref="OnnxClassifier.Load(byte[], string, int)"/>.</exception>
    public PerturbedScorer(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _network = OnnxClassifier.Load(ModelFolder.ReadOnnx(model), model.OnnxPath, threads: 1);
    }

    /// <summary>Labels in output order.</summary>
    public IReadOnlyList<string> Labels => _network.Labels;

    /// <summary>Scores. An image that cannot be read is a fault, and its rows are NaN.</summary>
    /// <param name="images">n of them.</param>
    /// <param name="shifts">S changes.</param>
    /// <param name="views">V smaller changes on top.</param>
    /// <param name="reporter">Gets progress and the faults.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <returns>By shift: n × V × K probabilities.</returns>
    public float[][] Score(IReadOnlyList<FlywheelImage> images, IReadOnlyList<InputPerturbation> shifts, IReadOnlyList<InputPerturbation> views, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(shifts);
        ArgumentNullException.ThrowIfNull(views);
        ArgumentNullException.ThrowIfNull(reporter);
        var (spec, k, v) = (_network.Preprocessing, _network.Labels.Count, views.Count);
        var scores = new float[shifts.Count][];
        for (var s = 0; s < scores.Length; s++) scores[s] = new float[images.Count * v * k];
        using var meter = new ProgressMeter(reporter, "Trying the model's steadiness", images.Count, "images");
        var gate = new Lock();
        Parallel.For(0, images.Count, new ParallelOptions { CancellationToken = token, MaxDegreeOfParallelism = Environment.ProcessorCount },
            () => (Pixels: new float[spec.Length], Shifted: new float[spec.Length], Input: new float[Batch * spec.Length]),
            (i, _, buffers) =>
            {
                var readable = true;
                try
                {
                    ImageInput.Read(images[i].Path, spec, buffers.Pixels);
                }
                catch (FlywheelException fault)
                {
                    readable = false;
                    lock (gate) reporter.Fault(fault);
                }
                if (readable) ScoreOne(i, buffers.Pixels, buffers.Shifted, buffers.Input);
                else
                    foreach (var row in scores) row.AsSpan(i * v * k, v * k).Fill(float.NaN);
                lock (gate) meter.Advance();
                return buffers;
            }, _ => { });
        return scores;

        void ScoreOne(int i, float[] pixels, float[] shifted, float[] input)
        {
            Denormalise(pixels, spec);
            var (filled, done) = (0, 0);
            for (var s = 0; s < shifts.Count; s++)
            {
                shifts[s].Apply(pixels, spec.Channels, spec.Height, spec.Width, shifted, seed: ((long)i << 16) + s);
                for (var w = 0; w < v; w++)
                {
                    var slot = input.AsSpan(filled * spec.Length, spec.Length);
                    views[w].Apply(shifted, spec.Channels, spec.Height, spec.Width, slot, seed: w);
                    Normalise(slot, spec);
                    if (++filled == Batch) Flush();
                }
            }
            if (filled > 0) Flush();

            void Flush()
            {
                var probabilities = _network.Run(input, filled);
                for (var b = 0; b < filled; b++, done++)
                    probabilities.ProbabilitiesOf(b).CopyTo(scores[done / v].AsSpan((i * v + done % v) * k, k));
                filled = 0;
            }
        }
    }

    static void Denormalise(Span<float> pixels, ImagePreprocessing spec)
    {
        var plane = spec.Width * spec.Height;
        for (var i = 0; i < pixels.Length; i++) pixels[i] = pixels[i] * spec.Std[i / plane] + spec.Mean[i / plane];
    }

    static void Normalise(Span<float> pixels, ImagePreprocessing spec)
    {
        var plane = spec.Width * spec.Height;
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (pixels[i] - spec.Mean[i / plane]) / spec.Std[i / plane];
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}

using Flywheel.Inference;
using Flywheel.Learning.Data;
using Flywheel.Learning.Export;
using Flywheel.Learning.Training;

namespace Flywheel.Learning.Backbones;

/// <summary>Puts a trained linear head on a frozen ONNX network and writes both as one ONNX file that takes pictures.</summary>
public static class BackboneTrainer
{
    static readonly float[] s_penalties = [0.1f, 1f, 10f];

    /// <summary>The ImageNet normalisation nearly all published backbones expect, 0..1 RGB.</summary>
    public static ImagePreprocessing PreprocessingFor(OnnxBackbone backbone, int freeSide)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        int width = backbone.Width > 0 ? backbone.Width : freeSide, height = backbone.Height > 0 ? backbone.Height : freeSide;
        return backbone.Channels == 3
            ? new ImagePreprocessing(width, height, 3, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f])
            : new ImagePreprocessing(width, height, 1, [0.449f], [0.226f]);
    }

    /// <summary>Trains the head; its L2 penalty is the one of the lowest log loss on validation out of 0.1, 1 and 10 (1 without validation).</summary>
    /// <param name="backbone">The frozen network.</param>
    /// <param name="path">Its file.</param>
    /// <param name="data">Pictures with <see cref="PreprocessingFor"/>'s preprocessing; target pictures join the training ones.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="activity">What the progress is called.</param>
    /// <param name="reporter">Gets progress.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <exception cref="FlywheelException"><c>BackboneInvalid</c>.</exception>
    public static TrainedBackbone Train(OnnxBackbone backbone, string path, TrainingData data, long seed, string activity, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(reporter);
        var train = data.Target is { Count: > 0 } t ? data.Train.Concat(t) : data.Train;
        var classes = data.Labels.Count;
        using var meter = new ProgressMeter(reporter, activity, train.Count + (data.Validation?.Count ?? 0), "images");
        var features = Extract(train.Pixels);
        var validation = data.Validation is { Count: > 0 } v ? Extract(v.Pixels) : null;
        var length = backbone.FeatureLength;

        BackboneHead? best = null;
        float[]? bestLogits = null;
        var bestLoss = double.PositiveInfinity;
        foreach (var penalty in validation is null ? [1f] : s_penalties)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var head = BackboneHead.Fit(features, train.Labels, length, classes, penalty, seed);
            if (validation is null) return new TrainedBackbone(path, head.Matrix, head.Bias, data.Labels, 1, null);
            var logits = head.Logits(validation, length);
            var loss = Scores.LogLoss(logits, data.Validation!.Labels, classes, 1);
            if (best is not null && loss >= bestLoss) continue;
            (best, bestLogits, bestLoss) = (head, logits, loss);
        }
        var temperature = data.Validation!.Count >= Adaptation.PriorEstimate.MinSample ? Scores.Temperature(bestLogits!, data.Validation.Labels, classes) : 1;
        return new TrainedBackbone(path, best!.Matrix, best.Bias, data.Labels, temperature, bestLogits);

        float[] Extract(PixelSet set)
        {
            const int batch = 32;
            var all = new List<float[]>();
            for (var start = 0; start < set.Count; start += batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(batch, set.Count - start);
                all.Add(backbone.Extract(set.Inputs(start, count), count, set.Preprocessing.Width, set.Preprocessing.Height));
                meter.Advance(count);
            }
            return [.. all.SelectMany(f => f)];
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Flywheel.Inference;
using Flywheel.Learning.Export;
using Flywheel.Learning.Networks;
using Microsoft.ML.OnnxRuntime;
using ModelMetadata = Flywheel.Inference.ModelMetadata;

namespace Flywheel.Benchmarks;

/// <summary>
/// The prediction path on pre-decoded tensors at batch 32 (probabilities, logits and embeddings copied out, shapes checked) against bare
/// ONNX Runtime on the same file and tensors: interleaved rounds, the median of each. Options: rounds, path of a model.
/// </summary>
static class PredictBenchmark
{
    const int Batch = 32;

    public static int Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
        var onnx = args.Length > 1 ? File.ReadAllBytes(args[1]) : Balanced();
        using var ours = OnnxClassifier.Load(onnx, "benchmark", threads: 1);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        using var bare = new InferenceSession(onnx, options);
        var spec = ours.Preprocessing;
        var random = new SeededRandom(1);
        var input = new float[Batch * spec.Length];
        for (var i = 0; i < input.Length; i++) input[i] = random.NextSingle();
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, [Batch, spec.Channels, spec.Height, spec.Width]);
        using var run = new RunOptions();
        string[] inputs = [bare.InputNames[0]], outputs = ["probs", "logits", "embedding"];

        List<double> ourTimes = [], bareTimes = [];
        for (var round = -2; round < rounds; round++)
        {
            var mine = PerBatch(() => ours.Run(input, Batch));
            var theirs = PerBatch(() =>
            {
                using var results = bare.Run(run, inputs, [tensor], outputs);
            });
            if (round < 0) continue; // warm-up
            ourTimes.Add(mine);
            bareTimes.Add(theirs);
        }
        double a = Median(ourTimes), b = Median(bareTimes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Network: {spec.Channels}×{spec.Height}×{spec.Width}, {onnx.Length:N0} bytes; batch {Batch}, one thread, {rounds} rounds"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Flywheel          {1e3 * a,8:0.000} ms a batch, {Batch / a,9:N0} images/s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bare ONNX Runtime {1e3 * b,8:0.000} ms a batch, {Batch / b,9:N0} images/s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio {a / b:0.000} (at most 1.15)"));
        return a / b <= 1.15 ? 0 : 1;
    }

    static double PerBatch(Action run)
    {
        const double atLeast = 0.2;
        var watch = Stopwatch.StartNew();
        var count = 0;
        do
        {
            run();
            count++;
        }
        while (watch.Elapsed.TotalSeconds < atLeast);
        return watch.Elapsed.TotalSeconds / count;
    }

    static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    // The Balanced preset's network on 32-pixel grey pictures, with random weights: speed does not depend on them.
    static byte[] Balanced()
    {
        var network = new NetworkSpec(32, 1, 16, 2, 2, MirrorAveraging: true);
        var random = new SeededRandom(2);
        var weights = NetworkWeights.Random(network, ["closed", "open"], random);
        return NetworkExport.ToOnnx(weights, 1, new Dictionary<string, string>
        {
            [ModelMetadata.LabelsKey] = ModelMetadata.WriteLabels(["closed", "open"]),
            [ModelMetadata.PreprocessingKey] = ModelMetadata.WritePreprocessing(ImagePreprocessing.Raw(32, 32, 1)),
        });
    }
}

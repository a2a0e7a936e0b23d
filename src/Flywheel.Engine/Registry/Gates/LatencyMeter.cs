using System.Diagnostics;
using Flywheel.Engine.Training;
using Flywheel.Imaging;
using Flywheel.Inference;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Registry.Gates;

/// <summary>
/// How long one answer takes on this machine: decoding a picture that lies in memory, making the input, and the network with one thread and
/// one image at a time. Models take turns round by round, so that what else the machine does meets all of them. A figure is the
/// median over the rounds; its interval resamples rounds, and answers within each.
/// </summary>
sealed class LatencyMeter
{
    const int WarmUp = 20, Rounds = 11, LeastRounds = 5, RoundSize = 100, Resamples = 1000;
    static readonly TimeSpan s_budget = TimeSpan.FromSeconds(20);

    readonly double[][][] _seconds; // model, round, answer
    readonly long _seed;

    LatencyMeter(double[][][] seconds, long seed)
    {
        _seconds = seconds;
        _seed = seed;
    }

    /// <summary>What the figures rest on, for the reader.</summary>
    public const string Conditions = "one image at a time, one thread, with decoding";

    /// <summary>Measures models on pictures.</summary>
    public static LatencyMeter Measure(IReadOnlyList<Model> models, IReadOnlyList<FlywheelImage> images, long seed, IReporter reporter, CancellationToken token)
    {
        var random = new SeededRandom(seed);
        byte[][] files = [.. Enumerable.Range(0, Math.Min(64, images.Count)).Select(_ => File.ReadAllBytes(images[random.Next(images.Count)].Path))];
        var networks = new List<OnnxClassifier>();
        try
        {
            foreach (var model in models) networks.Add(OnnxClassifier.Load(ModelFolder.ReadOnnx(model), model.OnnxPath, threads: 1));
            var watch = Stopwatch.StartNew();
            var buffer = new float[networks.Max(n => n.Preprocessing.Length)];
            for (var i = 0; i < WarmUp; i++)
                foreach (var network in networks) Answer(network, files[i % files.Length], buffer);
            watch.Restart();
            for (var i = 0; i < WarmUp; i++)
                foreach (var network in networks) Answer(network, files[i % files.Length], buffer);
            var rounds = Math.Clamp((int)(s_budget / (watch.Elapsed / WarmUp * RoundSize)), LeastRounds, Rounds);
            using var meter = new ProgressMeter(reporter, "Measuring latency", rounds, "rounds");
            double[][][] seconds = [.. networks.Select(_ => new double[rounds][])];
            for (var r = 0; r < rounds; r++)
            {
                token.ThrowIfCancellationRequested();
                for (var turn = 0; turn < networks.Count; turn++)
                {
                    var m = (r + turn) % networks.Count;
                    seconds[m][r] = new double[RoundSize];
                    for (var i = 0; i < RoundSize; i++)
                    {
                        var start = Stopwatch.GetTimestamp();
                        Answer(networks[m], files[i % files.Length], buffer);
                        seconds[m][r][i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                    }
                }
                meter.Advance();
            }
            return new LatencyMeter(seconds, seed);
        }
        finally
        {
            foreach (var network in networks) network.Dispose();
        }
    }

    static void Answer(OnnxClassifier network, byte[] file, float[] buffer)
    {
        using var picture = ImageDecoder.Decode(file, "picture", ImageInput.DecodeOptionsFor(network.Preprocessing));
        Preprocessor.Fill(picture, network.Preprocessing, buffer.AsSpan(0, network.Preprocessing.Length));
        network.Run(buffer, 1);
    }

    /// <summary>A percentile of a model's times, in seconds.</summary>
    public Metric Figure(int model, double percentile) => Statistic($"latency.p{percentile:0}", percentile, (model, 1));

    /// <summary>Model 0 minus factor × model 1.</summary>
    public Metric Difference(double percentile, double factor) => Statistic($"latency.p{percentile:0} difference", percentile, (0, 1), (1, -factor));

    Metric Statistic(string name, double percentile, params (int Model, double Factor)[] terms)
    {
        var rounds = _seconds[0].Length;
        var estimate = terms.Sum(t => t.Factor * Median([.. _seconds[t.Model].Select(r => Percentile(r, percentile))]));
        var resamples = new double[Resamples];
        for (var i = 0; i < resamples.Length; i++)
        {
            var random = new SeededRandom(_seed, i);
            int[] drawn = [.. Enumerable.Range(0, rounds).Select(_ => random.Next(rounds))];
            foreach (var (model, factor) in terms)
                resamples[i] += factor * Median([.. drawn.Select(r => Percentile([.. Enumerable.Range(0, RoundSize).Select(_ => _seconds[model][r][random.Next(RoundSize)])], percentile))]);
        }
        var (low, high) = Intervals.Percentile(resamples, estimate);
        return new Metric(name, estimate, low, high, rounds * RoundSize, "Bootstrap");
    }

    static double Percentile(double[] values, double percentile) => Intervals.Quantile([.. values.Order()], percentile / 100);

    static double Median(double[] values) => Percentile(values, 50);
}

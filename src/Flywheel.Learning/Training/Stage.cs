using System.Diagnostics;
using System.Globalization;
using Flywheel.Learning.Augmentation;
using Flywheel.Learning.Data;
using Flywheel.Learning.Networks;
using static TorchSharp.torch;

namespace Flywheel.Learning.Training;

/// <summary>Runs one stage: batches of augmented pictures through the network, and its averaged weights through validation after each epoch.</summary>
sealed class Stage
{
    const int EnoughGroups = 5;
    const float LabelSmoothing = 0.05f, AverageDecay = 0.98f, WeightDecay = 0.05f, Dropout = 0.1f;

    readonly StageOptions _options;
    readonly IReadOnlyList<SampleGroup> _groups;
    readonly LabelledPixels? _validation;
    readonly long _seed;
    readonly NetworkSpec _spec;

    public Stage(StageOptions options, NetworkSpec spec, IReadOnlyList<SampleGroup> groups, LabelledPixels? validation, long seed)
    {
        _options = options;
        _spec = spec;
        _groups = groups;
        _validation = validation;
        _seed = seed;
    }

    /// <summary>Called before each epoch with its number (from 0) and a network that holds the averaged weights.</summary>
    public Action<int, ConvNet>? BeforeEpoch { get; init; }

    /// <summary>True if the last epoch's weights are the result whatever validation says (adaptation leaves its own domain on purpose).</summary>
    public bool KeepLast { get; init; }

    /// <summary>Independent groups among the validation pictures, or 0 if every picture is one.</summary>
    public int ValidationGroups { get; init; }

    /// <summary>Trains from given values and returns the best averaged ones.</summary>
    /// <returns>Weights, the curve, and whether the user ended it early; null weights if not one epoch was finished.</returns>
    public (float[][]? Best, float[]? ValidationLogits, bool Interrupted) Run(IReadOnlyList<float[]> start, List<EpochRecord> curve, ProgressMeter? meter, CancellationToken token)
    {
        using var net = new ConvNet(_spec, learns: true);
        using var judge = new ConvNet(_spec, learns: false);
        net.Load(start);
        var optimiser = new AveragedAdamW(net, AverageDecay, WeightDecay);
        var cycle = new OneCycle(_options.Epochs * _options.Steps, _options.Rate, _options.Rising);
        var watch = Stopwatch.StartNew();
        var record = new Record();
        try
        {
            for (var epoch = 0; epoch < _options.Epochs; epoch++)
            {
                watch.Restart();
                judge.Load(optimiser.Average);
                BeforeEpoch?.Invoke(epoch, judge);
                var loss = Epoch(net, optimiser, cycle, epoch, meter, record.Status, token);
                judge.Load(optimiser.Average);
                float[]? logits = null;
                double validationLoss = double.NaN, balanced = double.NaN;
                if (_validation is { Count: > 0 } v)
                {
                    logits = Scorer.Logits(judge, v.Pixels, _spec.MirrorAveraging, token);
                    validationLoss = Scores.LogLoss(logits, v.Labels, _spec.Classes, 1);
                    balanced = Scores.BalancedAccuracy(logits, v.Labels, _spec.Classes);
                }
                curve.Add(new EpochRecord(_options.Name, epoch + 1, loss, validationLoss, balanced, watch.Elapsed.TotalSeconds));
                var stop = record.Add(epoch, balanced, _validation, optimiser.Average, logits, KeepLast || TooFewGroups, TooFewGroups ? 0 : _options.Patience, ValidationGroups);
                if (double.IsNaN(loss))
                    throw new FlywheelException("TrainingDiverged", FaultCategory.InvalidOperation, $"The training's loss is not a number any more after epoch {epoch + 1}.", _options.Name, "Check the images for constant pictures, or use another seed.");
                if (stop) break;
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return (record.Best, record.Logits, true);
        }
        return (record.Best, record.Logits, false);
    }

    // Two or three subjects say which epoch suits them, not which is best: then the whole cycle is run and its end kept.
    bool TooFewGroups => ValidationGroups is > 0 and < EnoughGroups;

    // Keeps the latest weights whose validation is within one standard error of the best ever (Breiman et al. 1984, the 1-SE rule): late
    // epochs have the lowest learning rate, and validation is too small to tell neighbours apart.
    sealed class Record
    {
        double _highest = double.NegativeInfinity;
        int _lastGood;

        public float[][]? Best { get; private set; }

        public float[]? Logits { get; private set; }

        public string? Status { get; private set; }

        public bool Add(int epoch, double balanced, LabelledPixels? validation, float[][] average, float[]? logits, bool keepLast, int patience, int groups)
        {
            if (!double.IsNaN(balanced)) Status = string.Create(CultureInfo.InvariantCulture, $"validation {balanced:P1}");
            _highest = double.IsNaN(balanced) ? _highest : Math.Max(_highest, balanced);
            double error = 0;
            if (validation is { Count: > 0 } && !double.IsNaN(balanced))
            {
                // Pictures of one group err together; one group is worth some twenty pictures.
                double n = groups > 0 ? Math.Min(validation.Count, 20.0 * groups) : validation.Count;
                error = Math.Sqrt(Math.Max(_highest * (1 - _highest), 0.25 / n) / n);
            }
            if (Best is null || keepLast || double.IsNaN(balanced) || balanced >= _highest - error)
            {
                _lastGood = epoch;
                Best = [.. average.Select(a => (float[])a.Clone())];
                Logits = logits;
            }
            return patience > 0 && epoch - _lastGood >= patience;
        }
    }

    double Epoch(ConvNet net, AveragedAdamW optimiser, OneCycle cycle, int epoch, ProgressMeter? meter, string? status, CancellationToken token)
    {
        // The whole epoch is drawn first, so that pictures can be prepared ahead while Torch works on the batch before.
        var batches = new List<(SampleGroup Group, int Index)>[_options.Steps];
        for (var s = 0; s < batches.Length; s++)
        {
            batches[s] = [];
            foreach (var g in _groups) g.Draw(batches[s]);
        }
        double sum = 0;
        var ahead = Task.Run(() => Fill(batches[0], epoch, 0), token);
        try
        {
            for (var s = 0; s < batches.Length; s++)
            {
                token.ThrowIfCancellationRequested();
                var input = ahead.GetAwaiter().GetResult();
                if (s + 1 < batches.Length)
                {
                    var next = s + 1;
                    ahead = Task.Run(() => Fill(batches[next], epoch, next), token);
                }
                var (rate, momentum) = cycle.At(epoch * _options.Steps + s);
                sum += Step(net, optimiser, batches[s], input, epoch, s, rate, momentum);
                meter?.Advance(1, status);
            }
        }
        finally
        {
            try
            {
                ahead.Wait(CancellationToken.None);
            }
            catch (AggregateException) when (token.IsCancellationRequested)
            {
                // The batch that was being prepared is not needed any more.
            }
        }
        return sum / batches.Length;
    }

    long Stream(int epoch, int step, int item) => ((long)_options.Stream << 56) | ((long)(epoch + 1) << 40) | ((long)step << 16) | (uint)item;

    float[] Fill(List<(SampleGroup Group, int Index)> batch, int epoch, int step)
    {
        var length = batch[0].Group.Pixels.Preprocessing.Length;
        var input = new float[batch.Count * length];
        for (var i = 0; i < batch.Count; i++)
        {
            var (group, index) = batch[i];
            Augmenter.Draw(group.Pixels, index, group.Augmentation, new SeededRandom(_seed, Stream(epoch, step, i)), input.AsSpan(i * length, length));
        }
        return input;
    }

    double Step(ConvNet net, AveragedAdamW optimiser, List<(SampleGroup Group, int Index)> batch, float[] input, int epoch, int step, float rate, float momentum)
    {
        int n = batch.Count, k = _spec.Classes, d = _spec.EmbeddingLength;
        var wanted = new float[n * k];
        double total = 0;
        for (var i = 0; i < n; i++) total += batch[i].Group.Weights[batch[i].Index];
        for (var i = 0; i < n; i++)
        {
            var (group, index) = batch[i];
            var weight = (float)(group.Weights[index] / total);
            for (var c = 0; c < k; c++) wanted[i * k + c] = (group.Targets[index * k + c] * (1 - LabelSmoothing) + LabelSmoothing / k) * weight;
        }
        var random = new SeededRandom(_seed, Stream(epoch, step, 0xFFFF));
        var kept = new float[n * d];
        for (var i = 0; i < kept.Length; i++) kept[i] = random.NextSingle() < Dropout ? 0 : 1 / (1 - Dropout);

        using var scope = NewDisposeScope();
        var x = tensor(input, [n, _spec.Channels, _spec.InputSize, _spec.InputSize]);
        var logits = net.Head(net.Embed(x, training: true) * tensor(kept, [n, d]));
        var loss = -(nn.functional.log_softmax(logits, 1) * tensor(wanted, [n, k])).sum();
        loss.backward();
        optimiser.Step(rate, momentum);
        return loss.data<float>()[0];
    }

    /// <summary>Seconds a step takes, measured on a few steps with a network that is thrown away.</summary>
    public double Measure(CancellationToken token)
    {
        using var net = new ConvNet(_spec, learns: true);
        net.Load(NetworkWeights.Random(_spec, [.. Enumerable.Range(0, _spec.Classes).Select(c => c.ToString(CultureInfo.InvariantCulture))], new SeededRandom(_seed, -1)).Values);
        var optimiser = new AveragedAdamW(net, AverageDecay, WeightDecay);
        var random = new SeededRandom(_seed, -2);
        var seconds = new List<double>();
        for (var s = 0; s < 8; s++)
        {
            token.ThrowIfCancellationRequested();
            var watch = Stopwatch.StartNew();
            List<(SampleGroup Group, int Index)> batch = [];
            foreach (var g in _groups)
                for (var i = 0; i < g.PerBatch; i++) batch.Add((g, random.Next(g.Pixels.Count)));
            Step(net, optimiser, batch, Fill(batch, -1, s), -1, s, 1e-4f, 0.9f);
            if (s >= 2) seconds.Add(watch.Elapsed.TotalSeconds);
        }
        seconds.Sort();
        return seconds[seconds.Count / 2];
    }
}

using System.Globalization;
using Flywheel.Learning.Adaptation;
using Flywheel.Learning.Augmentation;
using Flywheel.Learning.Data;
using Flywheel.Learning.Native;
using Flywheel.Learning.Networks;

namespace Flywheel.Learning.Training;

/// <summary>
/// Trains a classifier: from scratch on the source, then, if there are production pictures, on from there. Self-training follows
/// pseudo-labels of the averaged model (Tarvainen and Valpola, NIPS 2017) with distribution alignment (Berthelot et al., ICLR 2020), beside
/// source batches that keep it from forgetting. Randomness comes from the seed alone.
/// </summary>
public sealed class ClassifierTrainer
{
    const int Batch = 64, ShortEpoch = 32, LongEpoch = 256;
    const double ScratchRate = 4e-3, AdaptRate = 2e-3, ContinueRate = 1.5e-3;

    readonly TrainingData _data;
    readonly TrainerOptions _options;
    readonly NetworkSpec _spec;
    readonly int _classes;

    /// <summary>Prepares a training.</summary>
    /// <param name="data">The pictures.</param>
    /// <param name="options">The configuration.</param>
    public ClassifierTrainer(TrainingData data, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        _data = data;
        _options = options;
        _spec = options.Start?.Spec ?? options.Network;
        _classes = _spec.Classes;
        if (_classes != data.Labels.Count) throw new ArgumentException("Network and data have different numbers of labels.", nameof(options));
    }

    bool Adapts => _data.Unlabelled is { Count: > 0 };

    bool HasTarget => _data.Target is { Count: > 0 };

    // Production's labelled pictures join the source when there is no model yet to protect from them.
    LabelledPixels ScratchData => HasTarget ? _data.Train.Concat(_data.Target!) : _data.Train;

    int AdaptSteps => Math.Clamp(((_data.Unlabelled?.Count ?? 0) + 31) / 32, ShortEpoch, LongEpoch);

    StageOptions? Scratch => _options.Start is not null ? null
        : new("train", _options.Epochs, (ScratchData.Count + Batch - 1) / Batch, ScratchRate, 0.25, Patience: Math.Max(8, _options.Epochs / 3), Stream: 1);

    StageOptions? Continue => Adapts || _options.Start is null ? null
        : new("continue", _options.AdaptEpochs, HasTarget ? ShortEpoch : (_data.Train.Count + Batch - 1) / Batch, ContinueRate, 0.15, 0, Stream: 2);

    StageOptions? Adapt => !Adapts ? null : new("adapt", _options.AdaptEpochs, AdaptSteps, AdaptRate, 0.15, 0, Stream: 3);

    /// <summary>The stages in words.</summary>
    public IReadOnlyList<string> Stages => [.. new[] { Scratch, Continue, Adapt }.OfType<StageOptions>().Select(s => $"{s.Name} {s.Epochs} epochs")];

    /// <summary>Expected time, from a few timed steps of each stage on this machine.</summary>
    public TimeSpan Estimate(CancellationToken cancellationToken)
    {
        using var torch = TorchRuntime.Enter(_options.Threads, cancellationToken);
        return Measure(cancellationToken);
    }

    TimeSpan Measure(CancellationToken token)
    {
        double seconds = 0;
        if (Scratch is { } s) seconds += s.Epochs * s.Steps * Stage(s, ScratchGroups()).Measure(token);
        if (Continue is { } c) seconds += c.Epochs * c.Steps * Stage(c, ContinueGroups()).Measure(token);
        if (Adapt is { } a) seconds += a.Epochs * a.Steps * Stage(a, AdaptGroups(out _)).Measure(token);
        return TimeSpan.FromSeconds(seconds * 1.1); // validation and pseudo-labels
    }

    /// <summary>Trains.</summary>
    /// <param name="activity">What the progress is called.</param>
    /// <param name="reporter">Gets progress with the time left and the live validation score, and the gate's verdict.</param>
    /// <param name="cancellationToken">
    /// Ends the training within a step. The best weights so far are the result, marked as interrupted.
    /// </param>
    /// <exception cref="OperationCanceledException">Stopped before one epoch was finished.</exception>
    /// <exception cref="FlywheelException"><c>NativeLibraryUnavailable</c>, <c>TrainingDiverged</c>.</exception>
    public TrainedClassifier Train(string activity, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reporter);
        using var torch = TorchRuntime.Enter(_options.Threads, cancellationToken);
        var expected = Measure(cancellationToken);
        reporter.Information(string.Create(CultureInfo.InvariantCulture, $"{activity}: {string.Join(", ", Stages)}; {_spec.Describe()}; about {Math.Max(1, Math.Ceiling(expected.TotalSeconds)):N0} s on {_options.Threads} thread{(_options.Threads == 1 ? "" : "s")}."));
        var steps = new[] { Scratch, Continue, Adapt }.OfType<StageOptions>().Sum(s => (long)s.Epochs * s.Steps);
        using var meter = new ProgressMeter(reporter, activity, steps, "steps");
        var curve = new List<EpochRecord>();

        var weights = (_options.Start ?? NetworkWeights.Random(_spec, _data.Labels, Random(10))).Values;
        AdaptationReport? adaptation = null;
        var interrupted = false;
        if (Scratch is { } scratch)
        {
            (var best, _, interrupted) = Stage(scratch, ScratchGroups()).Run(weights, curve, meter, cancellationToken);
            weights = best ?? throw new OperationCanceledException(cancellationToken);
        }
        if (!interrupted && Continue is { } further)
        {
            (var best, _, interrupted) = Stage(further, ContinueGroups()).Run(weights, curve, meter, cancellationToken);
            weights = best ?? throw new OperationCanceledException(cancellationToken);
        }
        if (!interrupted && Adapt is { } adapt)
        {
            (var best, adaptation, interrupted) = SelfTrain(adapt, weights, curve, meter, cancellationToken);
            if (best is null && Scratch is null) throw new OperationCanceledException(cancellationToken);
            if (adaptation is { Kept: true } && best is not null)
            {
                weights = best;
                reporter.Information("Adaptation kept: " + adaptation.Reason);
            }
            else if (adaptation is not null)
            {
                reporter.Warning("Adaptation not kept: " + adaptation.Reason);
                // The labels still teach something, even where self-training is not to be trusted.
                if (HasTarget && Scratch is null && !interrupted)
                {
                    var labels = new StageOptions("continue", _options.AdaptEpochs, ShortEpoch, ContinueRate, 0.15, 0, Stream: 4);
                    (best, _, interrupted) = Stage(labels, ContinueGroups()).Run(weights, curve, null, cancellationToken);
                    weights = best ?? weights;
                }
            }
        }
        return Finish(weights, curve, adaptation, interrupted);
    }

    TrainedClassifier Finish(IReadOnlyList<float[]> weights, List<EpochRecord> curve, AdaptationReport? adaptation, bool interrupted)
    {
        float[]? logits = null;
        var temperature = 1.0;
        if (_data.Validation is { Count: > 0 } v)
        {
            using var net = new ConvNet(_spec, learns: false);
            net.Load(weights);
            logits = Scorer.Logits(net, v.Pixels, _spec.MirrorAveraging, CancellationToken.None);
            if (v.Count >= PriorEstimate.MinSample) temperature = Scores.Temperature(logits, v.Labels, _classes);
        }
        return new TrainedClassifier
        {
            Weights = new NetworkWeights(_spec, weights, _data.Labels),
            Temperature = temperature,
            Curve = curve,
            ValidationLogits = logits,
            Adaptation = adaptation,
            Interrupted = interrupted,
        };
    }

    SeededRandom Random(int stream) => new(_options.Seed, -stream);

    Stage Stage(StageOptions stage, IReadOnlyList<SampleGroup> groups) =>
        new(stage, _spec, groups, _data.Validation, _options.Seed) { ValidationGroups = GroupCount };

    int GroupCount => _data.ValidationGroups is { Count: > 0 } g ? g.Max() + 1 : 0;

    List<SampleGroup> ScratchGroups() => [SampleGroup.Labelled(ScratchData, _classes, Batch, _options.Source, balance: true, Random(11))];

    List<SampleGroup> ContinueGroups() => HasTarget
        ? [SampleGroup.Labelled(_data.Train, _classes, 48, _options.Source, balance: true, Random(12)), TargetGroup(13)]
        : [SampleGroup.Labelled(_data.Train, _classes, Batch, _options.Source, balance: true, Random(12))];

    SampleGroup TargetGroup(int stream) => SampleGroup.Labelled(_data.Target!, _classes, 16, _options.Target, balance: false, Random(stream));

    List<SampleGroup> AdaptGroups(out SampleGroup pseudo)
    {
        // From scratch, target pictures were part of the first stage; they keep their own share here all the same.
        List<SampleGroup> groups = [SampleGroup.Labelled(_data.Train, _classes, HasTarget ? 40 : 48, _options.Source, balance: true, Random(14))];
        if (HasTarget) groups.Add(TargetGroup(15));
        var u = _data.Unlabelled!;
        pseudo = new SampleGroup(u, new float[u.Count * _classes], [.. Enumerable.Repeat(1f, u.Count)], Math.Min(32, u.Count), _options.Target, Random(16));
        groups.Add(pseudo);
        return groups;
    }

    (float[][]? Best, AdaptationReport? Report, bool Interrupted) SelfTrain(StageOptions options, IReadOnlyList<float[]> start, List<EpochRecord> curve, ProgressMeter meter, CancellationToken token)
    {
        var pool = _data.Unlabelled!;
        SafetyGate gate;
        double[] prior;
        string method;
        try
        {
            using var net = new ConvNet(_spec, learns: false);
            net.Load(start);
            var before = new SafetyGate.Evidence(Of(_data.Validation), Scorer.Logits(net, pool, _options.Target.Mirror, token), Of(_data.RandomSample), Of(_data.Audited));
            gate = new SafetyGate(_classes, _data.Labels, before, _data.Validation?.Labels, _data.RandomSample?.Labels, _data.ValidationGroups, _data.Audited?.Labels, _data.AuditWeights);
            (prior, method) = gate.Prior();

            float[]? Of(LabelledPixels? set) => set is { Count: > 0 } s ? Scorer.Logits(net, s.Pixels, _spec.MirrorAveraging, token) : null;
        }
        catch (OperationCanceledException)
        {
            return (null, null, true);
        }
        if (gate.Refusal() is { } refusal) return ([.. start], gate.Report(prior, method, 0, kept: false, refusal), false);

        var groups = AdaptGroups(out var pseudo);
        var labels = new PseudoLabels(_classes, prior);
        double coverage = 0;
        var stage = new Stage(options, _spec, groups, _data.Validation, _options.Seed)
        {
            KeepLast = true,
            ValidationGroups = GroupCount,
            BeforeEpoch = (epoch, net) =>
            {
                // With new labels, the first epoch listens to them alone before the model teaches itself.
                if (HasTarget && epoch == 0)
                {
                    pseudo.Relabel(pseudo.Targets, []);
                    return;
                }
                var (targets, usable) = labels.From(Scorer.Logits(net, pool, _options.Target.Mirror, token));
                coverage = (double)usable.Count / pool.Count;
                pseudo.Relabel(targets, usable);
            },
        };
        var (best, _, interrupted) = stage.Run(start, curve, meter, token);
        if (best is null) return (null, null, true);

        // Judged even after an interruption: an adaptation that does harm is no better for being short.
        using var adapted = new ConvNet(_spec, learns: false);
        adapted.Load(best);
        var after = new SafetyGate.Evidence(Score(_data.Validation), Scorer.Logits(adapted, pool, _options.Target.Mirror, CancellationToken.None), Score(_data.RandomSample), Score(_data.Audited));
        var (kept, reason) = gate.Judge(after, prior, coverage);
        return (kept ? best : [.. start], gate.Report(prior, method, coverage, kept, reason), interrupted);

        float[]? Score(LabelledPixels? set) => set is { Count: > 0 } s ? Scorer.Logits(adapted, s.Pixels, _spec.MirrorAveraging, CancellationToken.None) : null;
    }
}

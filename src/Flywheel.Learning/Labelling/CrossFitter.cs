using Flywheel.Inference;
using Flywheel.Learning.Adaptation;
using Flywheel.Learning.Augmentation;
using Flywheel.Learning.Backbones;
using Flywheel.Learning.Data;
using Flywheel.Learning.Native;
using Flywheel.Learning.Networks;
using Flywheel.Learning.Training;

namespace Flywheel.Learning.Labelling;

/// <summary>
/// Trains a model per part of the labelled pictures on the other parts, and lets it judge its part and the unlabelled pictures. What it says of its
/// part is as good as what it says of a picture nobody has labelled.
/// </summary>
public static class CrossFitter
{
    const int Batch = 64, LeastSteps = 24, StartEpochs = 16, AdaptEpochs = 8, AdaptSteps = 64;
    const double ScratchRate = 4e-3, StartRate = 1.5e-3, AdaptRate = 2e-3;
    static readonly float[] s_penalties = [0.1f, 1f, 10f];

    /// <summary>Cross-fits the trained network.</summary>
    /// <param name="labelled">Pictures whose labels are held out in turn.</param>
    /// <param name="pool">The unlabelled pictures.</param>
    /// <param name="options">Network and schedule.</param>
    /// <param name="activity">What the progress is called.</param>
    /// <param name="reporter">Gets progress.</param>
    /// <param name="token">Obeyed within a step.</param>
    /// <exception cref="FlywheelException"><c>NativeLibraryUnavailable</c>, <c>TrainingDiverged</c>.</exception>
    public static CrossFit Fit(LabelledPixels labelled, PixelSet pool, CrossFitOptions options, string activity, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(labelled);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(options);
        var spec = options.Network;
        var classes = spec.Classes;
        if (options.Start is { } s && s.Spec with { InputSize = spec.InputSize, MirrorAveraging = spec.MirrorAveraging } != spec)
            throw new ArgumentException("The values to start from are another network's.", nameof(options));
        using var torch = TorchRuntime.Enter(options.Threads, token);
        var folds = Folds(labelled.Labels, options.Folds, options.Seed);
        var held = new float[labelled.Count * classes];
        var ofPool = new List<float[]>();
        var steps = Math.Max(LeastSteps, (labelled.Count + Batch - 1) / Batch);
        var epochs = options.Start is null ? options.Epochs : Math.Min(StartEpochs, options.Epochs);
        using var meter = new ProgressMeter(reporter, activity, (long)options.Folds * epochs * steps + (options.Start is null || pool.Count == 0 ? 0 : AdaptEpochs * AdaptSteps), "steps");
        var given = options.Start is { } from && pool.Count > 0 ? Adapt(from.Values, labelled, pool, spec, options.Seed, meter, reporter, token) : options.Start?.Values;
        for (var fold = 0; fold < options.Folds; fold++)
        {
            int[] taught = [.. Enumerable.Range(0, labelled.Count).Where(i => folds[i] != fold)], own = [.. Enumerable.Range(0, labelled.Count).Where(i => folds[i] == fold)];
            var train = Take(labelled, taught);
            var seed = unchecked(options.Seed * 1000 + fold);
            var group = SampleGroup.Labelled(train, classes, Batch, AugmentationSettings.Target, balance: false, new SeededRandom(seed, -11));
            var start = given ?? NetworkWeights.Random(spec, [.. Enumerable.Range(0, classes).Select(c => $"{c}")], new SeededRandom(seed, -10)).Values;
            var stage = new StageOptions("cross-fit", epochs, steps, options.Start is null ? ScratchRate : StartRate, options.Start is null ? 0.25 : 0.15, 0, Stream: 1);
            var (weights, _, interrupted) = new Stage(stage, spec, [group], null, seed) { KeepLast = true }.Run(start, [], meter, token);
            if (weights is null || interrupted) throw new OperationCanceledException(token);
            using var net = new ConvNet(spec, learns: false);
            net.Load(weights);
            Spread(Scorer.Logits(net, labelled.Pixels.Take(own), spec.MirrorAveraging, token), own, classes, held);
            ofPool.Add(Scorer.Logits(net, pool, spec.MirrorAveraging, token));
        }
        return new CrossFit(folds, held, ofPool);
    }

    // The model that is given teaches itself on the unlabelled pictures before any label comes in: that is common to all parts, because no label is learned from. It
    // is kept if it does no worse on the labelled ones, one bit of what they know.
    static IReadOnlyList<float[]> Adapt(IReadOnlyList<float[]> start, LabelledPixels labelled, PixelSet pool, NetworkSpec spec, long seed, ProgressMeter meter, IReporter reporter, CancellationToken token)
    {
        var classes = spec.Classes;
        var prior = new double[classes];
        foreach (var l in labelled.Labels) prior[l] += 1.0 / labelled.Count;
        var labels = new PseudoLabels(classes, prior);
        var group = new SampleGroup(pool, new float[pool.Count * classes], [.. Enumerable.Repeat(1f, pool.Count)], Math.Min(Batch, pool.Count), AugmentationSettings.Target, new SeededRandom(seed, -16));
        double before;
        using (var net = new ConvNet(spec, learns: false))
        {
            net.Load(start);
            before = Accuracy(net);
            var (targets, usable) = labels.From(Scorer.Logits(net, pool, spec.MirrorAveraging, token));
            if (usable.Count < group.PerBatch)
            {
                reporter.Verbose("The model to start from is sure of too few of the unlabelled images to teach itself on them.");
                return start;
            }
            group.Relabel(targets, usable);
        }
        var stage = new Stage(new StageOptions("adapt", AdaptEpochs, AdaptSteps, AdaptRate, 0.15, 0, Stream: 3), spec, [group], null, seed)
        {
            KeepLast = true,
            BeforeEpoch = (epoch, net) =>
            {
                if (epoch == 0) return;
                var (targets, usable) = labels.From(Scorer.Logits(net, pool, spec.MirrorAveraging, token));
                // A model that has come to doubt nearly everything goes on with what it believed an epoch ago.
                if (usable.Count >= group.PerBatch) group.Relabel(targets, usable);
            },
        };
        var (adapted, _, interrupted) = stage.Run(start, [], meter, token);
        if (adapted is null || interrupted) throw new OperationCanceledException(token);
        using var judge = new ConvNet(spec, learns: false);
        judge.Load(adapted);
        var after = Accuracy(judge);
        reporter.Verbose(FormattableString.Invariant($"Self-training on the unlabelled images: {before:P1} of the labels before, {after:P1} after; {(after >= before ? "kept" : "not kept")}."));
        return after >= before ? adapted : start;

        double Accuracy(ConvNet net) => Scores.Accuracy(Scorer.Logits(net, labelled.Pixels, spec.MirrorAveraging, token), labelled.Labels, classes);
    }

    /// <summary>Cross-fits a linear head on frozen features, with the L2 penalty out of 0.1, 1 and 10 whose held-out log loss is the lowest.</summary>
    /// <param name="features">Of the labelled pictures [n × length].</param>
    /// <param name="labels">Their labels, 0-based.</param>
    /// <param name="pool">Features of the unlabelled pictures [m × length].</param>
    /// <param name="classes">Number of labels.</param>
    /// <param name="folds">Parts, at least 2.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="token">Obeyed between heads.</param>
    public static CrossFit FitHead(float[] features, IReadOnlyList<int> labels, float[] pool, int classes, int folds, long seed, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(pool);
        var length = features.Length / labels.Count;
        var parts = Folds(labels, folds, seed);
        (float[] Held, List<BackboneHead> Heads)? best = null;
        var lowest = double.PositiveInfinity;
        foreach (var penalty in s_penalties)
        {
            var held = new float[labels.Count * classes];
            var heads = new List<BackboneHead>();
            for (var fold = 0; fold < folds; fold++)
            {
                token.ThrowIfCancellationRequested();
                int[] taught = [.. Enumerable.Range(0, labels.Count).Where(i => parts[i] != fold)], own = [.. Enumerable.Range(0, labels.Count).Where(i => parts[i] == fold)];
                var head = BackboneHead.Fit(Rows(features, taught, length), [.. taught.Select(i => labels[i])], length, classes, penalty, seed);
                Spread(head.Logits(Rows(features, own, length), length), own, classes, held);
                heads.Add(head);
            }
            var loss = Scores.LogLoss(held, labels, classes, 1);
            if (best is not null && loss >= lowest) continue;
            (best, lowest) = ((held, heads), loss);
        }
        return new CrossFit(parts, best!.Value.Held, [.. best.Value.Heads.Select(h => h.Logits(pool, length))]);
    }

    /// <summary>Features of pictures by a frozen network, with progress.</summary>
    public static float[] Features(OnnxBackbone backbone, PixelSet pixels, string activity, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(pixels);
        using var meter = new ProgressMeter(reporter, activity, pixels.Count, "images");
        const int batch = 32;
        var all = new List<float>();
        for (var start = 0; start < pixels.Count; start += batch)
        {
            token.ThrowIfCancellationRequested();
            var count = Math.Min(batch, pixels.Count - start);
            all.AddRange(backbone.Extract(pixels.Inputs(start, count), count, pixels.Preprocessing.Width, pixels.Preprocessing.Height));
            meter.Advance(count);
        }
        return [.. all];
    }

    /// <summary>Random parts with the same mixture of labels, as near as may be.</summary>
    internal static int[] Folds(IReadOnlyList<int> labels, int folds, long seed)
    {
        var of = new int[labels.Count];
        var next = 0;
        foreach (var group in new SeededRandom(seed, -17).Permutation(labels.Count).GroupBy(i => labels[i]).OrderBy(g => g.Key))
            foreach (var i in group) of[i] = next++ % folds;
        return of;
    }

    static LabelledPixels Take(LabelledPixels set, int[] indices) => new(set.Pixels.Take(indices), [.. indices.Select(i => set.Labels[i])]);

    static float[] Rows(float[] values, int[] rows, int length)
    {
        var taken = new float[rows.Length * length];
        for (var r = 0; r < rows.Length; r++) values.AsSpan(rows[r] * length, length).CopyTo(taken.AsSpan(r * length));
        return taken;
    }

    static void Spread(float[] logits, int[] rows, int classes, float[] into)
    {
        for (var r = 0; r < rows.Length; r++) logits.AsSpan(r * classes, classes).CopyTo(into.AsSpan(rows[r] * classes));
    }
}

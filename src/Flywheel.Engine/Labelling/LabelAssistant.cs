using System.Diagnostics;
using System.Globalization;
using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Inference;
using Flywheel.Insight;
using Flywheel.Insight.AutoLabelling;
using Flywheel.Insight.Metrics;
using Flywheel.Insight.Selection;
using Flywheel.Learning.Backbones;
using Flywheel.Learning.Data;
using Flywheel.Learning.Labelling;

namespace Flywheel.Engine.Labelling;

/// <summary>
/// Learns while people label: a quick head on features that are computed once. Open it once per dataset; <see cref="Learn"/> after some more labels.
/// Not for several threads at once.
/// </summary>
public sealed class LabelAssistant
{
    /// <summary>The least labels of a kind before anything is proposed.</summary>
    const int LeastPerLabel = 2;

    /// <summary>Least labels before the ways to order are compared; before that, typical ones come first.</summary>
    const int LeastToCompare = 24;

    const int Comparisons = 12, Side = 32, TypicalFirst = 200;

    readonly Workspace _workspace;
    readonly LabelAssistantRequest _request;
    readonly Dictionary<string, int> _row = new(StringComparer.Ordinal);
    readonly EmbeddingMatrix _features;
    readonly string _what;

    LabelAssistant(Workspace workspace, LabelAssistantRequest request, IReadOnlyList<FlywheelImage> images, float[] features, string what)
    {
        _workspace = workspace;
        _request = request;
        _what = what;
        for (var i = 0; i < images.Count; i++) _row[images[i].Id] = i;
        _features = new EmbeddingMatrix(features, images.Count, images.Count == 0 ? 1 : features.Length / images.Count);
    }

    /// <summary>Looks at all images of a dataset.</summary>
    /// <param name="workspace">The workspace; it must stay open.</param>
    /// <param name="request">Dataset and features.</param>
    /// <param name="reporter">Gets progress, and faults of images that cannot be read; these are left out.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>, <c>ModelNotFound</c>, <c>NothingToLabel</c>, <c>AssistantOptionsConflict</c>, <c>EmbeddingsRequired</c>; what loading a model or backbone raises.</exception>
    public static LabelAssistant Open(Workspace workspace, LabelAssistantRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        if (request is { Model: not null, Backbone: not null })
            throw new FlywheelException("AssistantOptionsConflict", FaultCategory.InvalidArgument, "A model and a backbone exclude each other.", request.Backbone, "Leave out one of them.");
        var dataset = workspace.GetDataset(request.Dataset);
        IReadOnlyList<FlywheelImage> images = [.. workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name, HasPicture = true }).Where(i => i.Split is DataSplit.None or DataSplit.Train).OrderBy(i => i.Id, StringComparer.Ordinal)];
        if (images.Count == 0)
            throw new FlywheelException("NothingToLabel", FaultCategory.InvalidOperation, $"'{dataset.Name}' has no images outside validation and test.", dataset.Name, "Import some with Import-FlywheelDataset.");
        var activity = $"Looking at {dataset.Name}";
        if (request.Model is { } key)
        {
            var model = workspace.GetModel(key);
            using var session = new ScoringSession(workspace, model, reporter);
            var scored = session.ScoreAll(images, false, activity, reporter, token);
            if (scored.Count == 0 || scored[0].Embedding.Length == 0)
                throw new FlywheelException("EmbeddingsRequired", FaultCategory.InvalidOperation, $"The model '{model.Name}' gives no embeddings to learn from.", model.Name, "Name another model, give a backbone, or neither.");
            return new LabelAssistant(workspace, request, [.. scored.Select(s => s.Image)], [.. scored.SelectMany(s => s.Embedding)], model.Name);
        }
        if (request.Backbone is { } path)
        {
            using var backbone = OnnxBackbone.Load(path);
            var (set, kept) = PixelLoader.Load([.. images.Select(i => i.Path)], BackboneTrainer.PreprocessingFor(backbone, InputRule.ChooseForBackbone(images)), $"Reading {dataset.Name}", reporter, token);
            return new LabelAssistant(workspace, request, [.. kept.Select(k => images[k])], CrossFitter.Features(backbone, set, activity, reporter, token), Path.GetFileNameWithoutExtension(path));
        }
        var (pixels, at) = PixelLoader.Load([.. images.Select(i => i.Path)], ImagePreprocessing.Raw(Side, Side, 1), activity, reporter, token);
        var edges = new float[pixels.Count * GradientHistogram.Length];
        Parallel.For(0, pixels.Count, new ParallelOptions { CancellationToken = token }, i => GradientHistogram.Of(pixels.InputOf(i), Side, Side).CopyTo(edges.AsSpan(i * GradientHistogram.Length)));
        return new LabelAssistant(workspace, request, [.. at.Select(k => images[k])], edges, "edges of the pictures");
    }

    /// <summary>Learns from the labels people have given so far, proposes labels for the rest and orders it.</summary>
    /// <param name="token">Obeyed between steps.</param>
    public AssistantState Learn(CancellationToken token)
    {
        var watch = Stopwatch.StartNew();
        var pool = LabelPool.Of(_workspace, _request.Dataset, null);
        // Images imported since are new to the assistant; they come when it is opened again.
        List<FlywheelImage> labelled = [.. pool.Labelled.Where(i => _row.ContainsKey(i.Id))], open = [.. pool.Open.Where(i => i.Label is null && _row.ContainsKey(i.Id))];
        var counts = labelled.CountBy(i => i.Label!).ToList();
        if (pool.Labels.Count < 2 || counts.Count < 2 || counts.Any(c => c.Value < LeastPerLabel))
        {
            var start = Order(Typical(open, token), open);
            return new AssistantState
            {
                Dataset = pool.Dataset.Name,
                Labels = labelled.Count,
                Unlabelled = open.Count,
                Features = _what,
                Accuracy = new Metric("accuracy", double.NaN, double.NaN, double.NaN, 0, "Wilson"),
                Order = start,
                Strategy = SelectionStrategy.Typical,
                StrategyReason = "there are no two labels with two images each yet",
                Precision = _request.Precision,
                Confidence = _request.Confidence,
                Outlook = "Nothing is known yet: label some images of each kind.",
                Duration = watch.Elapsed,
                Workspace = _workspace.Root,
            };
        }
        var classes = pool.Labels.Count;
        var sample = Some(labelled);
        var truth = pool.Truth(sample);
        var head = KernelHead.Fit(Rows(sample), truth, classes, token);
        var probabilities = head.Predict(Rows(open), token);
        var (said, sure) = Answers(probabilities, classes);
        var right = Answers(head.HeldOut, classes).Said.Where((s, i) => s == truth[i]).Count();
        var curve = Curve(sample, truth, classes, right, token);
        var (strategy, reason) = Compare(sample, truth, classes, token);
        var by = strategy == SelectionStrategy.Typical ? Typical(open, token) : QueueOrder.LeastSureFirst(sure, [.. open.Select(i => i.PerceptualHash)]);
        var order = Order(by, open);
        var place = order.Select((id, at) => (id, at)).ToDictionary(p => p.id, p => p.at, StringComparer.Ordinal);
        var certifying = Certifying(head, sample, truth, classes, sure);
        var (until, outlook) = Outlook(curve, certifying, classes);
        return new AssistantState
        {
            Dataset = pool.Dataset.Name,
            Labels = labelled.Count,
            Unlabelled = open.Count,
            Features = _what,
            Accuracy = curve[^1].Accuracy,
            Curve = curve,
            Proposals = [.. open.Select((image, i) => new AssistantProposal(image.Id, pool.Labels[said[i]], sure[i])).OrderBy(p => place[p.ImageId])],
            Order = order,
            Strategy = strategy,
            StrategyReason = reason,
            Precision = _request.Precision,
            Confidence = _request.Confidence,
            LabelsUntilAutomatic = until,
            Outlook = outlook,
            Duration = watch.Elapsed,
            Workspace = _workspace.Root,
        };
    }

    /// <summary>Leave-one-out answers on the certifying images, with their rank among the images without a label of people and the chosen ones.</summary>
    internal IReadOnlyList<CertifyingLabel> Certifying(LabelPool pool, IReadOnlySet<string> certifying, CancellationToken token)
    {
        var sample = Some(pool.Labelled.Where(i => _row.ContainsKey(i.Id)));
        var truth = pool.Truth(sample);
        var head = KernelHead.Fit(Rows(sample), truth, pool.Labels.Count, token);
        var (_, sure) = Answers(head.Predict(Rows([.. pool.Open.Where(i => _row.ContainsKey(i.Id))]), token), pool.Labels.Count);
        var (_, own) = Answers(head.HeldOut, pool.Labels.Count);
        var answers = Certifying(head, sample, truth, pool.Labels.Count, [.. sure, .. own.Where((_, i) => !certifying.Contains(sample[i].Id))]);
        return [.. answers.Where((_, i) => certifying.Contains(sample[i].Id))];
    }

    static List<CertifyingLabel> Certifying(KernelHead head, List<FlywheelImage> sample, int[] truth, int classes, double[] pool)
    {
        double[] ascending = [.. pool.Order()];
        var (said, sure) = Answers(head.HeldOut, classes);
        return [.. sample.Select((_, i) => new CertifyingLabel(SurenessRank.Of(ascending, sure[i], i), said[i], said[i] == truth[i]))];
    }

    (int?, string) Outlook(List<LearningPoint> curve, List<CertifyingLabel> certifying, int classes)
    {
        var c = CultureInfo.InvariantCulture;
        var target = string.Create(c, $"a precision of {_request.Precision:0.###} at {_request.Confidence:P0} confidence");
        if (ThresholdCertifier.Certify(certifying, classes, _request.Precision, _request.Confidence).Accepted is { } now)
            return (0, string.Create(c, $"Automatic labelling could open now for about {now.Share:P0} of the rest ({target}); Invoke-FlywheelAutoLabel -WhatIf asks the trained network, which does better."));
        var outlook = AutomaticOutlook.Of(curve, certifying, _request.Precision, _request.Confidence);
        if (outlook.Labels is { } total)
            return (Math.Max(1, total - certifying.Count), string.Create(c, $"About {Math.Max(1, total - certifying.Count):N0} labels more until automatic labelling opens for {outlook.Share:P0} of the rest ({target}); sooner with the trained network: Invoke-FlywheelAutoLabel -WhatIf."));
        return (null, string.Create(c, $"More labels will not open automatic labelling with this head ({target}): its accuracy would grow to about {outlook.Accuracy:P0}. Ask the trained network (Invoke-FlywheelAutoLabel -WhatIf), start from a model, or ask for less precision."));
    }

    // Every second image comes in the dataset's random order, so that labels certify however the others are chosen.
    static string[] Order(int[] by, List<FlywheelImage> open)
    {
        var random = new Queue<string>(open.OrderBy(i => RandomDraw.Key(i.Id)).Select(i => i.Id));
        var chosen = new Queue<string>(by.Select(i => open[i].Id));
        var order = new List<string>(open.Count);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        while (order.Count < open.Count)
        {
            Next(random);
            Next(chosen);
        }
        return [.. order];

        void Next(Queue<string> from)
        {
            while (from.TryDequeue(out var id))
            {
                if (!taken.Add(id)) continue;
                order.Add(id);
                return;
            }
        }
    }

    int[] Typical(List<FlywheelImage> open, CancellationToken token)
    {
        if (open.Count == 0) return [];
        var picks = ImageSelection.Select(new SelectionPool { Count = open.Count, Classes = 2, Embeddings = Rows(open) }, SelectionStrategy.Typical, Math.Min(open.Count, TypicalFirst), _request.Seed, token).Select(p => p.Index).ToList();
        var taken = picks.ToHashSet();
        return [.. picks, .. Enumerable.Range(0, open.Count).Where(i => !taken.Contains(i))];
    }

    // Which way of choosing would have taught more, had the labels there are been chosen that way? A quarter of them is there already, a quarter is chosen
    // from half of them, and the last quarter judges; over and over.
    (SelectionStrategy, string) Compare(List<FlywheelImage> sample, int[] truth, int classes, CancellationToken token)
    {
        if (sample.Count < LeastToCompare) return (SelectionStrategy.Typical, string.Create(CultureInfo.InvariantCulture, $"fewer than {LeastToCompare} labels: none to spare to measure which way teaches more"));
        // Large sets add nothing to the answer but time.
        var n = Math.Min(sample.Count, 400);
        int typical = 0, margin = 0, judged = 0;
        for (var round = 0; round < Comparisons; round++)
        {
            token.ThrowIfCancellationRequested();
            var all = new SeededRandom(_request.Seed, 500 + round).Sample(sample.Count, n);
            int[] known = all[..(n / 4)], candidates = all[(n / 4)..(3 * n / 4)], judges = all[(3 * n / 4)..];
            if (known.Select(i => truth[i]).Distinct().Count() < classes) continue;
            var head = Fit(known);
            var (_, sure) = Answers(head.Predict(Rows([.. candidates.Select(i => sample[i])]), token), classes);
            var byMargin = QueueOrder.LeastSureFirst(sure, [.. candidates.Select(i => sample[i].PerceptualHash)]).Take(n / 4);
            var byTypical = ImageSelection.Select(new SelectionPool { Count = candidates.Length, Classes = classes, Embeddings = Rows([.. candidates.Select(i => sample[i])]) }, SelectionStrategy.Typical, n / 4, _request.Seed + round, token).Select(p => p.Index);
            margin += Right([.. known, .. byMargin.Select(k => candidates[k])], judges);
            typical += Right([.. known, .. byTypical.Select(k => candidates[k])], judges);
            judged += judges.Length;
        }
        if (judged == 0) return (SelectionStrategy.Typical, "a label has too few images to measure which way teaches more");
        var reason = string.Create(CultureInfo.InvariantCulture, $"held out {judged:N0} times: accuracy {margin / (double)judged:P1} after choosing by margin, {typical / (double)judged:P1} after typical ones");
        return (margin >= typical ? SelectionStrategy.Margin : SelectionStrategy.Typical, reason);

        KernelHead Fit(int[] rows) => KernelHead.Fit(Rows([.. rows.Select(i => sample[i])]), [.. rows.Select(i => truth[i])], classes, token);

        int Right(int[] rows, int[] judges) =>
            Answers(Fit(rows).Predict(Rows([.. judges.Select(i => sample[i])]), token), classes).Said.Where((s, k) => s == truth[judges[k]]).Count();
    }

    List<LearningPoint> Curve(List<FlywheelImage> sample, int[] truth, int classes, int right, CancellationToken token)
    {
        var points = new List<LearningPoint>();
        foreach (var part in new[] { 4, 2 })
        {
            var size = sample.Count / part;
            if (size < 12) continue;
            int correct = 0, judged = 0;
            for (var round = 0; round < part; round++)
            {
                // Leave-one-out on disjoint random parts: together they judge every label once.
                var rows = new SeededRandom(_request.Seed, 900 + part).Permutation(sample.Count).Skip(round * size).Take(size).ToArray();
                int[] own = [.. rows.Select(i => truth[i])];
                var head = KernelHead.Fit(Rows([.. rows.Select(i => sample[i])]), own, classes, token);
                correct += Answers(head.HeldOut, classes).Said.Where((s, i) => s == own[i]).Count();
                judged += size;
            }
            points.Add(new LearningPoint(size, Accuracy(correct, judged)));
        }
        points.Add(new LearningPoint(sample.Count, Accuracy(right, sample.Count)));
        return points;

        static Metric Accuracy(int right, int n)
        {
            var (low, high) = Intervals.Wilson(right, n);
            return new Metric("accuracy", right / (double)n, low, high, n, "Wilson");
        }
    }

    // In the dataset's random order, so that the part kept of very many is a random one.
    static List<FlywheelImage> Some(IEnumerable<FlywheelImage> labelled) => [.. labelled.OrderBy(i => RandomDraw.Key(i.Id)).Take(KernelHead.MostRows)];

    EmbeddingMatrix Rows(IReadOnlyList<FlywheelImage> images) => _features.Rows([.. images.Select(i => _row[i.Id])]);

    static (int[] Said, double[] Sure) Answers(float[] probabilities, int classes)
    {
        var n = probabilities.Length / classes;
        var said = new int[n];
        var sure = new double[n];
        for (var i = 0; i < n; i++)
        {
            var row = probabilities.AsSpan(i * classes, classes);
            for (var c = 1; c < classes; c++)
                if (row[c] > row[said[i]]) said[i] = c;
            sure[i] = row[said[i]];
        }
        return (said, sure);
    }
}

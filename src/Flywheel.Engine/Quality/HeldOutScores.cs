using System.Globalization;
using Flywheel.Learning.Augmentation;
using Flywheel.Learning.Backbones;
using Flywheel.Learning.Data;
using Flywheel.Learning.Networks;
using Flywheel.Learning.Training;

namespace Flywheel.Engine.Quality;

/// <summary>Probabilities of each image's labels by classifiers that did not learn from it.</summary>
/// <param name="Images">The images that could be judged.</param>
/// <param name="Labels">Their given labels, 0-based [n].</param>
/// <param name="Probabilities">Means over the repeats, row-major [n × classes].</param>
sealed record HeldOutScores(IReadOnlyList<FlywheelImage> Images, int[] Labels, double[] Probabilities)
{
    /// <summary>
    /// Penalties the classifier's is chosen from, the strongest first: it is the quickest, too. Too weak a one learns the wrong labels by heart: on eyes with 10 % of the labels exchanged,
    /// precision is 0.52 with the last and 0.73 with the first at no less recall (benchmark labelnoise, one seed).
    /// </summary>
    static readonly float[] s_penalties = [1000, 100, 10, 1];

    /// <summary>By a linear classifier on features, all folds side by side.</summary>
    /// <param name="features">Of labelled images.</param>
    /// <param name="labels">Per image, 0-based.</param>
    /// <param name="classes">Number of labels.</param>
    /// <param name="plans">A fold of every image, per repeat.</param>
    /// <param name="penalty">L2 penalty; null: 1000, or 100, 10 or 1 as long as each has a lower log loss on the first repeat's held-out labels than the one before.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="reporter">Gets progress.</param>
    /// <param name="token">Looked at between folds.</param>
    public static HeldOutScores ByFeatures(ImageFeatures features, int[] labels, int classes, IReadOnlyList<int[]> plans, float? penalty, long seed, IReporter reporter, CancellationToken token)
    {
        var judged = Judgeable(labels, plans);
        float[] choice = penalty is { } given ? [given] : s_penalties;
        var work = Work(plans);
        var first = work.Count(w => w.Repeat == 0);
        using var meter = new ProgressMeter(reporter, "Judging labels", work.Count + first * (choice.Length - 1), "folds");
        double[]? trial = null;
        var (best, least) = (0, double.PositiveInfinity);
        for (var p = 0; p < choice.Length; p++)
        {
            var tried = Run([.. work.Where(w => w.Repeat == 0).Select(w => (0, choice[p], w.Repeat, w.Fold))], 1)[0];
            var loss = LogLoss(tried, labels, classes, judged[0]);
            if (trial is not null && !(loss < least))
            {
                meter.Advance(first * (choice.Length - 1 - p)); // those need not be tried
                break;
            }
            (trial, best, least) = (tried, p, loss);
        }
        if (choice.Length > 1) reporter.Verbose(string.Create(CultureInfo.InvariantCulture, $"Penalty {choice[best]}, by the log loss on held-out labels."));
        var more = Run([.. work.Where(w => w.Repeat > 0).Select(w => (w.Repeat - 1, choice[best], w.Repeat, w.Fold))], plans.Count - 1);
        return Mean(features.Images, labels, classes, [trial!, .. more], judged);

        double[][] Run(List<(int Slot, float Penalty, int Repeat, int Fold)> jobs, int slots)
        {
            var each = new double[slots][];
            for (var s = 0; s < slots; s++) each[s] = new double[labels.Length * classes];
            Parallel.ForEach(jobs, new ParallelOptions { CancellationToken = token, MaxDegreeOfParallelism = Environment.ProcessorCount }, job =>
            {
                token.ThrowIfCancellationRequested();
                var (teach, ask) = Sides(plans[job.Repeat], job.Fold);
                if (teach.Length > 0 && ask.Length > 0)
                    Put(FeatureClassifier.FitAndScore(features.Rows(teach), [.. teach.Select(i => labels[i])], features.Rows(ask), features.Length, classes, job.Penalty, seed + job.Repeat), ask, each[job.Slot], classes);
                meter.Advance();
            });
            return each;
        }
    }

    static double LogLoss(double[] probabilities, int[] labels, int classes, bool[] judged)
    {
        double sum = 0;
        for (var i = 0; i < labels.Length; i++)
            if (judged[i]) sum -= Math.Log(Math.Max(probabilities[i * classes + labels[i]], 1e-12));
        return sum;
    }

    /// <summary>By a small network trained anew for every fold, one after the other.</summary>
    public static HeldOutScores ByNetworks(IReadOnlyList<FlywheelImage> images, IReadOnlyList<string> names, Func<IReadOnlyList<FlywheelImage>, int[]> labelsOf, Func<IReadOnlyList<FlywheelImage>, int[], IReadOnlyList<int[]>> plansOf,
        int epochs, long seed, IReporter reporter, CancellationToken token)
    {
        var settings = PresetSettings.Of(TrainingPreset.Fast);
        var preprocessing = InputRule.Choose(images, [], settings.MaxInput);
        var side = PixelLoader.CacheSize(preprocessing);
        var room = Array.MaxLength / Math.Max((long)side * side * preprocessing.Channels, preprocessing.Length);
        if (images.Count > room)
            throw new FlywheelException("TrainingTooLarge", FaultCategory.LimitsExceeded, string.Create(CultureInfo.InvariantCulture, $"{images.Count:N0} images do not fit into memory for training; about {room:N0} do."), images.Count, "Name a feature network with -Backbone, or a model with -Model.");
        var (pixels, kept) = PixelLoader.Load([.. images.Select(i => i.Path)], preprocessing, "Reading images", reporter, token);
        FlywheelImage[] read = [.. kept.Select(i => images[i])];
        var labels = labelsOf(read);
        var plans = plansOf(read, labels);
        var classes = names.Count;
        var work = Work(plans);
        var each = new double[plans.Count][];
        for (var r = 0; r < each.Length; r++) each[r] = new double[labels.Length * classes];
        using var meter = new ProgressMeter(reporter, "Judging labels", work.Count * FoldReporter.Ticks, "parts");
        for (var w = 0; w < work.Count; w++)
        {
            token.ThrowIfCancellationRequested();
            var (repeat, fold) = work[w];
            var (teach, ask) = Sides(plans[repeat], fold);
            if (teach.Length > 0 && ask.Length > 0)
            {
                int[] present = [.. teach.Select(i => labels[i]).Distinct().Order()];
                var place = new int[classes];
                for (var p = 0; p < present.Length; p++) place[present[p]] = p;
                var some = present.Length == 1 ? [.. Enumerable.Repeat(1.0, ask.Length)] : HeldOutNetwork.TrainAndScore(
                    new LabelledPixels(pixels.Take(teach), [.. teach.Select(i => place[labels[i]])]), [.. present.Select(c => names[c])], pixels.Take(ask), new TrainerOptions
                    {
                        Network = new NetworkSpec(preprocessing.Width, preprocessing.Channels, settings.Width, settings.ConvolutionsPerStage, present.Length, MirrorAveraging: false),
                        Epochs = epochs,
                        Source = AugmentationSettings.Target with { Mirror = false }, // a mirror would change some labels
                        Seed = seed + 1000 * repeat + fold,
                        Threads = Math.Min(Environment.ProcessorCount, 4),
                    }, $"Fold {fold + 1}", new FoldReporter(reporter, meter, w), token);
                var full = new double[ask.Length * classes];
                for (var i = 0; i < some.Length; i++) full[i / present.Length * classes + present[i % present.Length]] = some[i];
                Put(full, ask, each[repeat], classes);
            }
            meter.MoveTo((w + 1) * FoldReporter.Ticks);
        }
        return Mean(read, labels, classes, each, Judgeable(labels, plans));
    }

    /// <summary>Turns the training of one fold into its share of the whole progress; lines about single folds are detail.</summary>
    sealed class FoldReporter(IReporter outer, ProgressMeter meter, int fold) : IReporter
    {
        public const int Ticks = 100;

        public void Progress(ProgressInfo progress)
        {
            if (progress.Percent > 0 && !progress.Completed) meter.MoveTo(fold * Ticks + Math.Min(progress.Percent, Ticks - 1));
        }

        public void Warning(string message) => outer.Warning(message);

        public void Information(string message) => outer.Verbose(message);

        public void Verbose(string message) => outer.Verbose(message);

        public void Fault(FlywheelException fault) => outer.Fault(fault);
    }

    static List<(int Repeat, int Fold)> Work(IReadOnlyList<int[]> plans) =>
        [.. plans.SelectMany((plan, repeat) => plan.Distinct().Order().Select(fold => (repeat, fold)))];

    static (int[] Teach, int[] Ask) Sides(int[] plan, int fold)
    {
        int[] all = [.. Enumerable.Range(0, plan.Length)];
        return ([.. all.Where(i => plan[i] != fold)], [.. all.Where(i => plan[i] == fold)]);
    }

    static void Put(double[] rows, int[] at, double[] all, int classes)
    {
        for (var i = 0; i < at.Length; i++) rows.AsSpan(i * classes, classes).CopyTo(all.AsSpan(at[i] * classes));
    }

    /// <summary>Per repeat: whether the other folds have the image's label. A classifier that never saw a label says nothing of it.</summary>
    static bool[][] Judgeable(int[] labels, IReadOnlyList<int[]> plans) => [.. plans.Select(plan =>
    {
        var folds = labels.Zip(plan).GroupBy(x => x.First, x => x.Second).ToDictionary(g => g.Key, g => g.Distinct().Count());
        return labels.Select(l => folds[l] > 1).ToArray();
    })];

    static HeldOutScores Mean(IReadOnlyList<FlywheelImage> images, int[] labels, int classes, double[][] each, bool[][] judged)
    {
        int[] kept = [.. Enumerable.Range(0, labels.Length).Where(i => judged.Any(j => j[i]))];
        var mean = new double[kept.Length * classes];
        for (var k = 0; k < kept.Length; k++)
        {
            var i = kept[k];
            var n = judged.Count(j => j[i]);
            for (var r = 0; r < each.Length; r++)
            {
                if (!judged[r][i]) continue;
                for (var c = 0; c < classes; c++) mean[k * classes + c] += each[r][i * classes + c] / n;
            }
        }
        return new HeldOutScores([.. kept.Select(i => images[i])], [.. kept.Select(i => labels[i])], mean);
    }
}

using System.Globalization;
using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;
using Flywheel.Insight.Comparison;
using Flywheel.Insight.Metrics;

namespace Flywheel.Engine.Evaluations;

/// <summary>Judges models on labelled images.</summary>
public static class EvaluationService
{
    /// <summary>
    /// Measures a model. When the dataset is split by a tag, that tag's values are the independent groups of every interval. A dataset
    /// without splits is judged as a whole. Images without a label, with only a machine's label, with one the model does not know, and
    /// images that cannot be read are left out and counted.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="split">The split; None for the whole dataset.</param>
    /// <param name="reporter">Gets progress and faults.</param>
    /// <param name="token">Obeyed between images and resamples.</param>
    /// <param name="options">Resamples and seed of the intervals.</param>
    /// <exception cref="FlywheelException"><c>SplitEmpty</c>; <c>NothingToEvaluate</c>; what loading the model raises.</exception>
    public static Evaluation Evaluate(Workspace workspace, Model model, Dataset dataset, DataSplit split, IReporter reporter, CancellationToken token, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(reporter);
        var set = Judged(workspace, dataset, split, reporter);
        var index = model.Labels.Select((label, at) => (label, at)).ToDictionary(x => x.label, x => x.at, StringComparer.Ordinal);
        var usable = set.Images.Where(i => index.ContainsKey(i.Label!)).ToList();
        if (usable.Count == 0) throw NothingToEvaluate(dataset, set.Split, $"none of its labels is one of the model's ({string.Join(", ", model.Labels)})");

        WarnOfLearned(workspace, model, usable, reporter);
        using var session = new ScoringSession(workspace, model, reporter);
        var scored = session.ScoreAll(usable, false, $"Evaluating {model.Name}", reporter, token);
        if (scored.Count == 0) throw NothingToEvaluate(dataset, set.Split, "none of its images can be read");
        var k = model.Labels.Count;
        var probabilities = new float[scored.Count * k];
        for (var i = 0; i < scored.Count; i++) scored[i].Probabilities.CopyTo(probabilities, i * k);
        var report = ClassificationMetrics.Compute(model.Labels, [.. scored.Select(s => index[s.Image.Label!])], probabilities,
            ImageGroups.Of([.. scored.Select(s => s.Image)], dataset.GroupBy), Metrics(options), token);
        return new Evaluation
        {
            ModelId = model.Id,
            ModelName = model.Name,
            Dataset = dataset.Name,
            DatasetVersion = dataset.VersionId,
            Split = set.Split,
            N = report.N,
            Groups = report.Groups,
            Accuracy = report.Accuracy,
            BalancedAccuracy = report.BalancedAccuracy,
            Auroc = report.Auroc,
            CalibrationError = report.CalibrationError,
            LogLoss = report.LogLoss,
            Classes = report.Classes,
            Confusion = report.Confusion,
            Labels = model.Labels,
            Excluded = set.All - scored.Count,
        };
    }

    /// <summary>
    /// Compares two models on the same images, pair by pair. A label only one of them knows counts as an error of the other; images whose
    /// label neither knows are left out.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="reference">The model before.</param>
    /// <param name="challenger">The model after.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="split">The split; None for the whole dataset.</param>
    /// <param name="reporter">Gets progress and faults.</param>
    /// <param name="token">Obeyed between images and resamples.</param>
    /// <param name="options">Resamples and seed of the intervals.</param>
    /// <exception cref="FlywheelException">As <see cref="Evaluate"/>.</exception>
    public static ModelComparison Compare(Workspace workspace, Model reference, Model challenger, Dataset dataset, DataSplit split, IReporter reporter, CancellationToken token, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(challenger);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(reporter);
        var set = Judged(workspace, dataset, split, reporter);
        var usable = set.Images.Where(i => reference.Labels.Contains(i.Label!) || challenger.Labels.Contains(i.Label!)).ToList();
        if (usable.Count == 0) throw NothingToEvaluate(dataset, set.Split, "neither model knows any of its labels");

        WarnOfLearned(workspace, reference, usable, reporter);
        WarnOfLearned(workspace, challenger, usable, reporter);
        var before = Answers(workspace, reference, usable, reporter, token);
        var after = Answers(workspace, challenger, usable, reporter, token);
        var both = usable.Where(i => before.ContainsKey(i.Id) && after.ContainsKey(i.Id)).ToList();
        if (both.Count == 0) throw NothingToEvaluate(dataset, set.Split, "none of its images can be read");
        var paired = PairedComparison.Compare([.. both.Select(i => before[i.Id])], [.. both.Select(i => after[i.Id])], ImageGroups.Of(both, dataset.GroupBy), Metrics(options), token);
        return new ModelComparison
        {
            Reference = reference.ToString(),
            Challenger = challenger.ToString(),
            Dataset = dataset.Name,
            Split = set.Split,
            N = both.Count,
            Groups = paired.Groups,
            ReferenceAccuracy = paired.First,
            ChallengerAccuracy = paired.Second,
            Difference = paired.Difference,
            Gained = paired.Gained,
            Lost = paired.Lost,
            McNemarP = paired.McNemarP,
            Verdict = paired.Verdict,
            Summary = Summary(reference, challenger, paired, both.Count),
        };
    }

    static MetricOptions Metrics(EvaluationOptions? options) => options is null ? new() : new() { Resamples = options.Resamples, Seed = options.Seed };

    static string Summary(Model reference, Model challenger, PairedResult r, int n)
    {
        var verdict = r.Verdict switch
        {
            ComparisonVerdict.Better => $"'{challenger.Name}' is better than '{reference.Name}'",
            ComparisonVerdict.Worse => $"'{challenger.Name}' is worse than '{reference.Name}'",
            _ => $"These images cannot tell '{challenger.Name}' from '{reference.Name}'",
        };
        var groups = r.Groups is { } g ? string.Create(CultureInfo.InvariantCulture, $" in {g:N0} groups") : "";
        var interval = double.IsNaN(r.Difference.Low) ? "no interval" : string.Create(CultureInfo.InvariantCulture, $"95 % interval {100 * r.Difference.Low:+0.0;-0.0;0.0} to {100 * r.Difference.High:+0.0;-0.0;0.0}");
        return string.Create(CultureInfo.InvariantCulture,
            $"{verdict}: accuracy {100 * r.Difference.Value:+0.0;-0.0;0.0} points ({interval}) on {n:N0} images{groups}; {r.Gained:N0} gained, {r.Lost:N0} lost, McNemar p {(r.McNemarP < 0.0001 ? "< 0.0001" : r.McNemarP.ToString("0.####", CultureInfo.InvariantCulture))}.");
    }

    static Dictionary<string, bool> Answers(Workspace workspace, Model model, IReadOnlyList<FlywheelImage> images, IReporter reporter, CancellationToken token)
    {
        using var session = new ScoringSession(workspace, model, reporter);
        return session.ScoreAll(images, false, $"Evaluating {model.Name}", reporter, token).ToDictionary(s => s.Image.Id, s => model.Labels[s.Winner] == s.Image.Label);
    }

    /// <summary>The images a judgement may rest on, and how many the split has in all.</summary>
    internal static (List<FlywheelImage> Images, int All, DataSplit Split) Judged(Workspace workspace, Dataset dataset, DataSplit split, IReporter reporter)
    {
        var hasSplits = dataset.SplitCounts.Any(s => s.Key != DataSplit.None && s.Value > 0);
        if (split != DataSplit.None && !hasSplits)
        {
            reporter.Verbose($"'{dataset.Name}' has no splits; all of it is judged.");
            split = DataSplit.None;
        }
        if (split != DataSplit.None && dataset.SplitCounts.GetValueOrDefault(split) == 0)
            throw new FlywheelException("SplitEmpty", FaultCategory.InvalidOperation, $"The dataset '{dataset.Name}' has no images in its {split} split.", split,
                "Give it one with Split-FlywheelDataset, or name another split.");
        var all = workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name, HasPicture = true, Split = split == DataSplit.None ? null : split }).ToList();
        var images = all.Where(i => i.Label is not null && i.Provenance != AnnotationProvenance.Auto).ToList();
        if (images.Count == 0) throw NothingToEvaluate(dataset, split, "no image has a label given by a person");
        return (images, all.Count, split);
    }

    /// <summary>What a model learned from, it knows: such images flatter it.</summary>
    static void WarnOfLearned(Workspace workspace, Model model, List<FlywheelImage> images, IReporter reporter)
    {
        var learned = Learned(workspace, model);
        var seen = images.Count(i => learned.Contains(i.Id));
        if (seen > 0) reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"'{model.Name}' was trained on {seen:N0} of the {images.Count:N0} images it is judged on; its figures are flattered."));
    }

    /// <summary>Images of the model's own training dataset that it learned from.</summary>
    internal static IReadOnlySet<string> Learned(Workspace workspace, Model model)
    {
        if (model.DatasetVersion.Length == 0 || workspace.Catalogue.VersionEntries(model.DatasetVersion) is not { } rows) return new HashSet<string>();
        var split = rows.Any(r => r.Split != DataSplit.None);
        return rows.Where(r => r.Label is not null && (!split || r.Split is DataSplit.Train)).Select(r => r.ImageId).ToHashSet(StringComparer.Ordinal);
    }

    internal static FlywheelException NothingToEvaluate(Dataset dataset, DataSplit split, string why) =>
        new("NothingToEvaluate", FaultCategory.InvalidOperation, $"Nothing in '{dataset.Name}'{(split == DataSplit.None ? "" : $" ({split})")} can be judged: {why}.", dataset.Name,
            "Label images with Set-FlywheelAnnotation, or name another dataset or split.");
}

using System.Globalization;
using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;
using Flywheel.Imaging;
using Flywheel.Insight.LabelQuality;

namespace Flywheel.Engine.Quality;

/// <summary>
/// Finds wrong labels of a dataset: by classifiers that did not learn from the image they judge (confident learning, joined with clear
/// disagreements), and by identical pictures with different labels.
/// </summary>
public static class LabelErrorFinder
{
    /// <summary>Reason of the suggestions a classifier makes.</summary>
    public const string Detector = "label-errors";

    /// <summary>Reason of the suggestions identical pictures make.</summary>
    public const string ConflictDetector = "conflicts";

    const string NoiseRate = "noise-rate", ClearDisagreement = "clear-disagreement", SameFile = "same-file", SamePixels = "same-pixels";

    /// <summary>What a person said of a picture counts so much more than what came with its file.</summary>
    const double PersonWeight = 9;

    /// <summary>Looks for wrong labels. Labels that machines gave are neither judged nor learned from.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="request">Where and how.</param>
    /// <param name="reporter">Gets progress, faults of single images, and what the folds mean for the result.</param>
    /// <param name="token">Obeyed between images and within a training step.</param>
    /// <exception cref="FlywheelException">
    /// <c>DatasetNotFound</c>, <c>TooFewLabels</c>, <c>LabelErrorOptionOutOfRange</c>, <c>LabelErrorOptionsConflict</c>, <c>GroupTagMissing</c>, <c>TooFewGroups</c>,
    /// <c>ModelHasNoEmbedding</c>, <c>BackboneMissing</c>, <c>BackboneInvalid</c>, <c>TrainingTooLarge</c>, <c>NativeLibraryUnavailable</c>, <c>ContactSheetNotWritable</c>; what loading the model raises.
    /// </exception>
    public static LabelErrorReport Find(Workspace workspace, LabelErrorRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        Validate(request);
        var dataset = workspace.GetDataset(request.Dataset);
        // By content id: the order of import must not change the result.
        List<FlywheelImage> images = [.. workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name, Labelled = true, HasPicture = true })
            .Where(i => i.Provenance != AnnotationProvenance.Auto).OrderBy(i => i.Id, StringComparer.Ordinal)];
        if (images.Count == 0)
            throw new FlywheelException("TooFewLabels", FaultCategory.InvalidOperation, $"No image of '{dataset.Name}' has a label a person gave or a file brought.", dataset.Name, "Label some images first.");

        var judged = Judge(workspace, request, dataset, images, reporter, token);
        var entries = images.ToDictionary(i => i.Id, i => new Entry(i), StringComparer.Ordinal);
        if (judged is { } j)
        {
            for (var i = 0; i < j.Scores.Images.Count; i++)
            {
                var entry = entries[j.Scores.Images[i].Id];
                entry.Probabilities = j.Scores.Probabilities[(i * j.Names.Count)..((i + 1) * j.Names.Count)];
                entry.Signs = j.Found.Signs[i];
            }
        }
        Conflicts(workspace, dataset, images, entries, judged?.Names ?? [], reporter, token);

        var names = judged?.Names ?? [];
        var folds = judged?.Folds ?? "";
        var errors = entries.Values.Where(e => request.All || e.Flagged)
            .Select(e => e.ToError(names, folds, dataset.Name))
            .OrderByDescending(e => e.Flagged).ThenByDescending(e => e.Related is not null || e.Reasons.Contains(SameFile))
            .ThenByDescending(e => e.Score).ThenBy(e => e.Image.Id, StringComparer.Ordinal)
            .Select((e, at) => e with { Rank = at + 1 }).ToList();
        var report = new LabelErrorReport
        {
            Errors = errors,
            Judged = judged?.Scores.Images.Count ?? 0,
            NotJudged = images.Count - (judged?.Scores.Images.Count ?? 0),
            Flagged = entries.Values.Count(e => e.Flagged),
            Conflicting = entries.Values.Count(e => e.Conflict is not null),
            Estimated = judged?.Found.EstimatedErrors ?? 0,
            Agreement = judged is { } by && by.Scores.Images.Count > 0 ? 1 - (double)by.Found.Signs.Count(s => (s & LabelErrorSigns.PredictedNotGiven) != 0) / by.Scores.Images.Count : double.NaN,
            Folds = folds,
            ModelId = judged?.ModelId,
        };
        Tell(report, dataset, request, reporter);
        if (request.ContactSheet is { } sheet) SaveSheet(sheet, report, dataset, token);
        return report;
    }

    /// <summary>
    /// The errors as proposals to a reviewer. Of a pair of identical pictures, the one whose label is more probably wrong gets one; proposing
    /// both would exchange their labels.
    /// </summary>
    public static IReadOnlyList<Suggestion> Suggestions(LabelErrorReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var proposed = new HashSet<string>(StringComparer.Ordinal);
        var suggestions = new List<Suggestion>();
        foreach (var e in report.Errors.Where(e => e.Flagged))
        {
            var conflict = e.Reasons.Any(r => r is SameFile or SamePixels);
            if (conflict && e.Score < 0.5) continue;
            if (e.Related is { } twin && proposed.Contains(twin.Id)) continue; // a tie: one of the two is enough
            proposed.Add(e.Image.Id);
            suggestions.Add(new Suggestion
            {
                ImageId = e.Image.Id,
                Dataset = e.Dataset,
                Reason = conflict ? ConflictDetector : Detector,
                OldLabel = e.Given,
                NewLabel = e.Suggested,
                Score = Math.Clamp(e.Score, 0, 1),
                Text = e.Text,
                ModelId = report.ModelId,
                RelatedImageId = e.Related?.Id,
            });
        }
        return suggestions;
    }

    static void Validate(LabelErrorRequest r)
    {
        Demand(r.Folds is >= 2 and <= 50, "Folds", r.Folds, "2..50");
        Demand(r.Repeats is null or >= 1 and <= 100, "Repeats", r.Repeats, "1..100");
        Demand(r.Margin is >= 0 and <= 1, "Margin", r.Margin, "0..1");
        Demand(r.Epochs is >= 1 and <= 1000, "Epochs", r.Epochs, "1..1000");
        if (r.Retrain && (r.Model is not null || r.Backbone is not null) || r.Model is not null && r.Backbone is not null)
            throw new FlywheelException("LabelErrorOptionsConflict", FaultCategory.InvalidArgument, "A model's embeddings, a backbone's features and retraining exclude each other.", r.Backbone ?? r.Model?.Name, "Give one of -Model, -Backbone and -Retrain.");

        static void Demand(bool holds, string option, object? value, string range)
        {
            if (!holds) throw new FlywheelException("LabelErrorOptionOutOfRange", FaultCategory.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"{option} is {value}; allowed is {range}."), value, $"Give {option} in {range}.");
        }
    }

    sealed record Judgement(HeldOutScores Scores, IReadOnlyList<string> Names, LabelErrorResult Found, string Folds, string? ModelId);

    static Judgement? Judge(Workspace workspace, LabelErrorRequest request, Dataset dataset, List<FlywheelImage> images, IReporter reporter, CancellationToken token)
    {
        // A label of one image cannot be learned without it: nothing can be said of that image.
        var counts = images.CountBy(i => i.Label!, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        List<FlywheelImage> usable = [.. images.Where(i => counts[i.Label!] > 1)];
        if (usable.Count < images.Count)
            reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{images.Count - usable.Count:N0} images of '{dataset.Name}' are the only one of their label, such as '{images.First(i => counts[i.Label!] == 1).Label}': no classifier can judge them."));
        string[] names = [.. usable.Select(i => i.Label!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (names.Length < 2)
        {
            reporter.Warning($"Only identical pictures were compared: '{dataset.Name}' has {(names.Length == 0 ? "no label" : "one label")} with two images or more, and a classifier needs two.");
            return null;
        }
        var number = names.Select((name, at) => (name, at)).ToDictionary(x => x.name, x => x.at, StringComparer.Ordinal);
        int[] LabelsOf(IReadOnlyList<FlywheelImage> of) => [.. of.Select(i => number[i.Label!])];

        var grouped = request.GroupedFolds || request.GroupBy is not null;
        var tag = request.GroupBy ?? dataset.GroupBy;
        if (grouped && tag is null)
            throw new FlywheelException("GroupTagMissing", FaultCategory.InvalidArgument, $"The dataset '{dataset.Name}' was not split by a tag; by which one its images are grouped is not known.", dataset.Name, "Name the tag with -GroupBy, or leave out -GroupedFolds.");
        if (grouped && !usable.Any(i => i.Tags.ContainsKey(tag!)))
            throw new FlywheelException("GroupTagMissing", FaultCategory.InvalidArgument, $"No labelled image of '{dataset.Name}' has the tag '{tag}'.", tag, $"Tags here: {string.Join(", ", usable.SelectMany(i => i.Tags.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(20))}.");

        var model = request.Model ?? (request.Backbone is null && !request.Retrain ? OwnModel(workspace, dataset) : null);
        var trains = model is null && request.Backbone is null;
        var repeats = request.Repeats ?? (trains ? 1 : 3);
        var folds = request.Folds;

        IReadOnlyList<int[]> PlansOf(IReadOnlyList<FlywheelImage> of, int[] labels)
        {
            var groups = grouped ? ImageGroups.Of(of, tag) : null;
            if (groups is not null)
            {
                var distinct = groups.Distinct().Count();
                if (distinct < 2)
                    throw new FlywheelException("TooFewGroups", FaultCategory.InvalidOperation, $"All labelled images of '{dataset.Name}' have one value of '{tag}': grouped folds need two.", tag, "Group by another tag, or use random folds.");
                folds = Math.Min(folds, distinct);
            }
            return [.. Enumerable.Range(0, repeats).Select(r => new SeededRandom(request.Seed, r)).Select(random =>
                groups is null ? FoldPlan.Random(labels, names.Length, folds, random) : FoldPlan.Grouped(labels, names.Length, groups, folds, random))];
        }

        HeldOutScores scores;
        string classifier;
        if (trains)
        {
            classifier = "a small network trained for each";
            scores = HeldOutScores.ByNetworks(usable, names, LabelsOf, PlansOf, request.Epochs, request.Seed, reporter, token);
        }
        else
        {
            var features = model is not null ? ImageFeatures.OfModel(workspace, model, usable, reporter, token) : ImageFeatures.OfBackbone(request.Backbone!, usable, reporter, token);
            classifier = $"a linear classifier on {(model is not null ? $"what {model.Name} sees" : $"the features of {Path.GetFileNameWithoutExtension(request.Backbone)}")}";
            var labels = LabelsOf(features.Images);
            scores = HeldOutScores.ByFeatures(features, labels, names.Length, PlansOf(features.Images, labels), null, request.Seed, reporter, token);
            // Embeddings remember the labels they were trained to tell apart.
            if (model is not null && model.Dataset.Equals(dataset.Name, StringComparison.OrdinalIgnoreCase))
                reporter.Warning($"'{model.Name}' learned from labels of '{dataset.Name}': errors it has learned by heart are not found. A feature network (-Backbone) or networks trained for each fold (-Retrain) find more.");
        }
        if (scores.Images.Count < usable.Count)
            reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{usable.Count - scores.Images.Count:N0} of {usable.Count:N0} labelled images were not judged: they cannot be read, or no other fold has their label."));

        var found = ConfidentLearning.Find(scores.Probabilities, scores.Labels, names.Length, new LabelErrorOptions { Margin = request.Margin }, token);
        var text = string.Create(CultureInfo.InvariantCulture, $"{folds} {(grouped ? $"folds by {tag}" : "random folds")}{(repeats > 1 ? $", {repeats} times" : "")}, {classifier}");
        if (grouped)
            reporter.Warning($"Grouped folds: no classifier saw another image of the same {tag}. More of what they flag is right after all, of {tag}s that look odd to it; random folds find at least as many errors.");
        return new Judgement(scores, names, found, text, model?.Id);
    }

    /// <summary>The newest model trained here on the dataset, or null.</summary>
    static Model? OwnModel(Workspace workspace, Dataset dataset) =>
        workspace.Catalogue.Models().LastOrDefault(m => !m.IsExternal && m.Dataset.Equals(dataset.Name, StringComparison.OrdinalIgnoreCase)) is { } own ? workspace.GetModel(own.Id) : null;

    /// <summary>What an image's label is up against.</summary>
    sealed class Entry(FlywheelImage image)
    {
        public FlywheelImage Image => image;

        public double[]? Probabilities { get; set; }

        public LabelErrorSigns Signs { get; set; }

        /// <summary>The other label of an identical picture.</summary>
        public string? Conflict { get; set; }

        public FlywheelImage? Related { get; set; }

        public string ConflictReason { get; set; } = "";

        public string ConflictText { get; set; } = "";

        public double ConflictScore { get; set; }

        public bool Flagged => Conflict is not null || (Signs & (LabelErrorSigns.NoiseRate | LabelErrorSigns.ClearMargin)) != 0;

        public LabelError ToError(IReadOnlyList<string> names, string folds, string dataset)
        {
            var own = Of(image.Label!, names);
            var suggested = Conflict ?? Probable(names);
            var reasons = new List<string>(3);
            if (Conflict is not null) reasons.Add(ConflictReason);
            if ((Signs & LabelErrorSigns.NoiseRate) != 0) reasons.Add(NoiseRate);
            if ((Signs & LabelErrorSigns.ClearMargin) != 0) reasons.Add(ClearDisagreement);
            var text = ConflictText;
            if (Probabilities is not null)
            {
                var words = suggested == image.Label
                    ? string.Create(CultureInfo.InvariantCulture, $"judged without it, {image.Label} has {own:0.00}")
                    : string.Create(CultureInfo.InvariantCulture, $"judged without it, {suggested} has {Of(suggested, names):0.00} and {image.Label} {own:0.00}");
                text = text.Length > 0 ? $"{text}; {words}" : char.ToUpperInvariant(words[0]) + words[1..];
            }
            return new LabelError
            {
                Image = image,
                Given = image.Label!,
                Suggested = suggested,
                SelfConfidence = own,
                SuggestedConfidence = Of(suggested, names),
                Score = Conflict is not null ? ConflictScore : double.IsNaN(own) ? 0 : Math.Clamp(1 - own, 0, 1),
                Flagged = Flagged,
                Reasons = reasons,
                Text = text.Length > 0 ? text + "." : "",
                Folds = folds,
                Related = Related,
                Dataset = dataset,
            };
        }

        public double Of(string label, IReadOnlyList<string> names)
        {
            if (Probabilities is null) return double.NaN;
            for (var c = 0; c < names.Count; c++)
                if (names[c] == label) return Probabilities[c];
            return double.NaN;
        }

        string Probable(IReadOnlyList<string> names)
        {
            if (Probabilities is null) return image.Label!;
            var best = 0;
            for (var c = 1; c < Probabilities.Length; c++) if (Probabilities[c] > Probabilities[best]) best = c;
            // A lead that is none (the label is not signed) changes nothing.
            return (Signs & LabelErrorSigns.PredictedNotGiven) != 0 ? names[best] : image.Label!;
        }
    }

    static bool IsFirm(FlywheelImage image) => image.Provenance is AnnotationProvenance.Human or AnnotationProvenance.Reviewed;

    static void Conflicts(Workspace workspace, Dataset dataset, List<FlywheelImage> images, Dictionary<string, Entry> entries, IReadOnlyList<string> names, IReporter reporter, CancellationToken token)
    {
        foreach (var conflict in workspace.Catalogue.LabelConflicts(dataset.Name))
        {
            // A person who has looked since has settled it; so has a label that is not the one the later file contradicted.
            if (!entries.TryGetValue(conflict.ImageId, out var entry) || entry.Conflict is not null) continue;
            var image = entry.Image;
            if (IsFirm(image) || image.Label != conflict.Existing) continue;
            entry.Conflict = conflict.Imported;
            entry.ConflictReason = SameFile;
            entry.ConflictText = $"{Path.GetFileName(conflict.Path)} has the same bytes and says {conflict.Imported}";
            entry.ConflictScore = Odds(entry.Of(conflict.Imported, names), 1, entry.Of(conflict.Existing, names), 1);
        }
        foreach (var set in IdenticalPictures.WithDifferentLabels(images, reporter, token))
        {
            // Each twin taught the other's classifier its own label; on average over all of them that cancels out.
            double Mean(string label) => set.Select(i => entries[i.Id].Of(label, names)).Where(p => !double.IsNaN(p)).DefaultIfEmpty(double.NaN).Average();
            double Weight(string label) => set.Any(i => i.Label == label && IsFirm(i)) ? PersonWeight : 1;
            foreach (var image in set)
            {
                var entry = entries[image.Id];
                var others = set.Where(i => i.Label != image.Label).ToList();
                var (label, _) = others.CountBy(i => i.Label!, StringComparer.Ordinal).OrderByDescending(l => l.Value * Weight(l.Key)).ThenByDescending(l => Mean(l.Key)).ThenBy(l => l.Key, StringComparer.Ordinal).First();
                var twin = others.First(i => i.Label == label);
                entry.Conflict = label;
                entry.Related = twin;
                entry.ConflictReason = SamePixels;
                entry.ConflictText = $"{twin.Name} shows the same pixels and is labelled {label}";
                entry.ConflictScore = Odds(Mean(label), Weight(label) * others.Count(i => i.Label == label), Mean(image.Label!), Weight(image.Label!) * set.Count(i => i.Label == image.Label));
            }
        }
    }

    static double Odds(double other, double otherWeight, double own, double ownWeight)
    {
        if (double.IsNaN(other) || double.IsNaN(own) || other + own <= 0) (other, own) = (1, 1);
        return other * otherWeight / (other * otherWeight + own * ownWeight);
    }

    static void Tell(LabelErrorReport report, Dataset dataset, LabelErrorRequest request, IReporter reporter)
    {
        var c = CultureInfo.InvariantCulture;
        var by = report.Judged == 0 ? "" : string.Create(c, $" {report.Folds}; they agree with {100 * report.Agreement:0.0} % of {report.Judged:N0} labels, and confident learning estimates {report.Estimated:N0} wrong ones.");
        if (report.Judged > 0 && request.GroupBy is null && !request.GroupedFolds && dataset.GroupBy is { } tag)
            by += $" Random folds find errors best; how well {tag}s that were never seen are told, they do not say.";
        reporter.Information(string.Create(c, $"'{dataset.Name}': {report.Flagged:N0} labels flagged, {report.Conflicting:N0} of them on identical pictures with another label.{(by.Length > 0 ? " Judged by" + by : "")}"));
    }

    static void SaveSheet(string path, LabelErrorReport report, Dataset dataset, CancellationToken token)
    {
        var shown = report.Errors.Where(e => e.Flagged).ToList();
        ContactSheet.Save(path, [.. shown.Select(e => new ContactSheetTile(e.Image.Path, $"{e.Given} → {e.Suggested}",
            double.IsNaN(e.SelfConfidence) ? e.Image.Name : string.Create(CultureInfo.InvariantCulture, $"p {e.SelfConfidence:0.00}  {e.Image.Name}"))
        {
            Frame = e.Reasons.Any(r => r is SameFile or SamePixels) ? "#8e44ad" : "#c0392b",
            Section = e.Reasons.Any(r => r is SameFile or SamePixels) ? "Identical pictures with different labels" : "Judged without the image, another label is more probable; the surest first",
        })], new ContactSheetOptions { Heading = string.Create(CultureInfo.InvariantCulture, $"{dataset.Name}: {report.Flagged:N0} labels flagged of {report.Judged + report.NotJudged:N0}") }, token);
    }
}

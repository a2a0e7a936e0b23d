using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Training;

/// <summary>Which images of the catalogue take which part in a training.</summary>
sealed record TrainingImages(
    Dataset Source,
    IReadOnlyList<string> Labels,
    IReadOnlyList<FlywheelImage> Train,
    IReadOnlyList<FlywheelImage> Validation,
    IReadOnlyList<FlywheelImage> Target,
    IReadOnlyList<FlywheelImage> Unlabelled,
    IReadOnlyList<(FlywheelImage Image, double Weight)> Audited,
    Dataset? Production)
{
    /// <summary>More unlabelled pictures than this bring nothing but waiting; a random part is taken.</summary>
    public const int MaxUnlabelled = 20_000;

    public static TrainingImages Collect(Workspace workspace, TrainingRequest request, Model? parent, IReporter reporter)
    {
        if (request.Datasets.Count == 0) throw new FlywheelException("DatasetMissing", FaultCategory.InvalidArgument, "A training needs a dataset.", null, "Name one with -Dataset.");
        var source = workspace.GetDataset(request.Datasets[0]);
        if (source.SplitCounts.GetValueOrDefault(DataSplit.Train) == 0)
            throw new FlywheelException("DatasetNotSplit", FaultCategory.InvalidOperation, $"The dataset '{source.Name}' has no training images: it is not split.", source.Name,
                $"Split it first: Split-FlywheelDataset -Dataset {source.Name}");

        var train = Sorted(workspace, new ImageQuery { Dataset = source.Name, Split = DataSplit.Train, Labelled = true }).ToList();
        var labels = parent?.Labels ?? [.. train.Select(i => i.Label!).Distinct().Order(StringComparer.Ordinal)];
        if (labels.Count < 2)
            throw new FlywheelException("TooFewLabels", FaultCategory.InvalidOperation, $"The training images of '{source.Name}' have {labels.Count} label{(labels.Count == 1 ? "" : "s")}; at least two are needed.", source.Name,
                "Label images of another kind, or check the label map of the import.");
        var known = labels.ToHashSet(StringComparer.Ordinal);
        DemandKnown(train, source.Name);
        if (request.PerLabel is { } limit)
        {
            train = [.. train.GroupBy(i => i.Label!).OrderBy(g => g.Key, StringComparer.Ordinal)
                .SelectMany((g, k) => { FlywheelImage[] all = [.. g]; return new SeededRandom(request.Seed, 1000 + k).Sample(all.Length, Math.Min(limit, all.Length)).Order().Select(i => all[i]); })];
        }
        var missing = labels.Where(l => train.All(i => i.Label != l)).ToList();
        if (missing.Count > 0)
            throw new FlywheelException("LabelWithoutImages", FaultCategory.InvalidOperation, $"No training image of '{source.Name}' has the label '{missing[0]}', which the model knows.", missing[0], "Add images of it, or train without -From.");

        var validation = Sorted(workspace, new ImageQuery { Dataset = source.Name, Split = DataSplit.Validation, Labelled = true })
            .Where(i => i.Provenance != AnnotationProvenance.Auto && known.Contains(i.Label!)).ToList();
        if (validation.Count == 0) reporter.Warning($"'{source.Name}' has no labelled validation images: no early stop, no calibration, and adaptation is judged on less.");

        var production = request.Unlabeled is { } p ? workspace.GetDataset(p) : null;
        var seen = train.Select(i => i.Id).Concat(validation.Select(i => i.Id)).ToHashSet(StringComparer.Ordinal);
        var target = new List<FlywheelImage>();
        if (request.TargetLabels is { Count: > 0 } given)
        {
            // Given labels win over the catalogue's, which may not know them at all.
            var some = Sorted(workspace, new ImageQuery { Ids = [.. given.Keys] }).Select(i => i with { Label = given[i.Id], Provenance = AnnotationProvenance.Human }).ToList();
            DemandKnown(some, "TargetLabels");
            target.AddRange(some.Where(i => seen.Add(i.Id)));
        }
        IEnumerable<string> targets = request.TargetLabels is not null ? [] : request.Targets ?? (production is null ? [] : [production.Name]);
        foreach (var name in request.Datasets.Skip(1).Concat(targets).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var some = Sorted(workspace, new ImageQuery { Dataset = workspace.GetDataset(name).Name, Labelled = true }).Where(i => i.Split is DataSplit.None or DataSplit.Train).ToList();
            DemandKnown(some, name);
            target.AddRange(some.Where(i => seen.Add(i.Id)));
        }

        List<FlywheelImage> unlabelled = [];
        List<(FlywheelImage, double)> audited = [];
        if (production is not null)
        {
            // What is learned from judges nothing.
            var chances = workspace.Catalogue.AuditPicks().GroupBy(p => p.ImageId, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Max(p => p.Probability), StringComparer.Ordinal);
            audited = [.. Sorted(workspace, new ImageQuery { Dataset = production.Name, Labelled = true })
                .Where(i => chances.ContainsKey(i.Id) && i.Provenance != AnnotationProvenance.Auto && known.Contains(i.Label!) && !seen.Contains(i.Id)).Select(i => (i, 1 / chances[i.Id]))];
            unlabelled = [.. Sorted(workspace, new ImageQuery { Dataset = production.Name }).Where(i => i.Split is DataSplit.None or DataSplit.Train && !seen.Contains(i.Id))];
            if (unlabelled.Count == 0)
                throw new FlywheelException("NothingToAdaptTo", FaultCategory.InvalidOperation, $"The dataset '{production.Name}' has no images left to adapt to.", production.Name, "Import production images that are in neither validation nor test.");
            if (unlabelled.Count > MaxUnlabelled)
            {
                reporter.Information($"{MaxUnlabelled:N0} of the {unlabelled.Count:N0} unlabelled images are used, drawn at random.");
                unlabelled = [.. new SeededRandom(request.Seed, 999).Sample(unlabelled.Count, MaxUnlabelled).Order().Select(i => unlabelled[i])];
            }
        }
        return new TrainingImages(source, labels, train, validation, target, unlabelled, audited, production);

        void DemandKnown(IEnumerable<FlywheelImage> images, string dataset)
        {
            if (images.FirstOrDefault(i => !known.Contains(i.Label!)) is { } odd)
                throw new FlywheelException("LabelUnknown", FaultCategory.InvalidOperation, $"The image '{odd.Path}' of '{dataset}' has the label '{odd.Label}'; the model's labels are {string.Join(", ", labels)}.", odd.Label,
                    "Correct the label with Set-FlywheelAnnotation, or train a new model whose training data has it.");
        }
    }

    // By content id: the order of import must not change the result.
    static IEnumerable<FlywheelImage> Sorted(Workspace workspace, ImageQuery query) => workspace.Catalogue.Images(query with { HasPicture = true }).OrderBy(i => i.Id, StringComparer.Ordinal);
}

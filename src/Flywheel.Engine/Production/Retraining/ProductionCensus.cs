using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Production.Retraining;

/// <summary>One pass over a model's stored predictions and the ledger: how much production there is, and what of it has a label that the model has not learned.</summary>
sealed class ProductionCensus
{
    /// <summary>Production days that count at least, so that one busy hour is no flood.</summary>
    const double FewestDays = 1;

    public ProductionCensus(Workspace workspace, ModelLine line, TimeSpan window, DateTimeOffset now)
    {
        var model = line.Model;
        var labelled = NewlyLabelled(workspace, model);
        var seen = new HashSet<string>();
        DateTimeOffset? first = null;
        var recent = 0;
        var untold = new List<string>();
        foreach (var p in workspace.Catalogue.Predictions(new PredictionQuery { ModelId = model.Id, LatestPerImage = false }))
        {
            if (p.Source == PredictionSource.Shadow) continue;
            first ??= p.Time;
            if (p.Time > now - window) recent++;
            if (seen.Add(p.ImageId) && p.Truth is null && p.Path.Length > 0) untold.Add(p.ImageId);
        }
        Images = seen.Count;
        // A machine's label is no truth, but an image that has one is not offered to people either.
        Unlabelled = untold.Count - untold.Chunk(5000).Sum(ids => workspace.Catalogue.Images(new ImageQuery { Ids = ids, Labelled = true }).Count());
        if (first is { } from) VolumePerDay = recent / Math.Clamp((now - from).TotalDays, FewestDays, Math.Max(FewestDays, window.TotalDays));

        // What other models of the line met in production counts too, and what was added to the training dataset itself.
        foreach (var kin in line.Models.Where(m => m.Id != model.Id))
        {
            if (labelled.Keys.All(seen.Contains)) break;
            foreach (var p in workspace.Catalogue.Predictions(new PredictionQuery { ModelId = kin.Id })) seen.Add(p.ImageId);
        }
        var learnable = Learnable(workspace, model, labelled.Keys);
        NewLabels = labelled.Keys.Where(id => learnable.TryGetValue(id, out var split) && (split is DataSplit.Train || seen.Contains(id))).ToHashSet(StringComparer.Ordinal);
        if (NewLabels.Count > 0)
        {
            var days = Math.Max(FewestDays, (now - model.Created).TotalDays);
            // Labels from users come by themselves; a labelling campaign does not, and is told by its size: many within a day.
            LabelsPerDay = NewLabels.GroupBy(id => labelled[id].UtcDateTime.Date).Where(g => g.Count() <= Campaign).Sum(g => g.Count()) / days;
        }
    }

    /// <summary>Labels of one day that are a campaign and no trickle.</summary>
    const int Campaign = 20;

    /// <summary>Distinct images the model predicted in production.</summary>
    public int Images { get; }

    /// <summary>Those of them without a label and with their picture.</summary>
    public int Unlabelled { get; }

    /// <summary>Predictions per day over the window; 0 if there are none.</summary>
    public double VolumePerDay { get; }

    /// <summary>Images whose label came after the model was trained and that a training may learn from.</summary>
    public IReadOnlySet<string> NewLabels { get; }

    /// <summary>Of these, how many come in each day by themselves.</summary>
    public double LabelsPerDay { get; }

    // By image, when a person last said what it shows, if that was after the training and still holds.
    static Dictionary<string, DateTimeOffset> NewlyLabelled(Workspace workspace, Model model)
    {
        var labels = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var entry in workspace.Catalogue.Annotations())
        {
            if (entry.Time <= model.Created || entry.Part != AnnotationPart.Label) continue;
            if (entry.NewLabel is null || entry.Provenance == AnnotationProvenance.Auto || !model.Labels.Contains(entry.NewLabel)) labels.Remove(entry.ImageId);
            else labels[entry.ImageId] = entry.Time;
        }
        if (model.DatasetVersion.Length > 0 && workspace.Catalogue.VersionEntries(model.DatasetVersion) is { } learned)
            foreach (var row in learned)
                if (row.Label is not null) labels.Remove(row.ImageId);
        return labels;
    }

    // Images kept for judging are not learned from: a split of validation or test in any dataset rules them out.
    static Dictionary<string, DataSplit> Learnable(Workspace workspace, Model model, IReadOnlyCollection<string> ids)
    {
        var splits = new Dictionary<string, DataSplit>(StringComparer.Ordinal);
        foreach (var id in ids) splits[id] = DataSplit.None;
        foreach (var dataset in workspace.Catalogue.Datasets())
            foreach (var block in ids.Chunk(5000))
                foreach (var image in workspace.Catalogue.Images(new ImageQuery { Dataset = dataset.Name, Ids = block }))
                {
                    if (image.Split is DataSplit.Validation or DataSplit.Test) splits.Remove(image.Id);
                    else if (dataset.Name == model.Dataset && splits.ContainsKey(image.Id)) splits[image.Id] = DataSplit.Train;
                }
        return splits;
    }
}

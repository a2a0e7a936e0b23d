using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Labelling;

/// <summary>
/// A dataset as the assistant sees it: images that people labelled, and the others. Images in validation and test take no part: what is judged with them
/// must not have learned from them, and machine-made labels never enter there.
/// </summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Labels">All labels, in order.</param>
/// <param name="Labelled">Images with a label of people.</param>
/// <param name="Open">Images without, those labelled by a machine included.</param>
sealed record LabelPool(Dataset Dataset, IReadOnlyList<string> Labels, IReadOnlyList<FlywheelImage> Labelled, IReadOnlyList<FlywheelImage> Open)
{
    /// <summary>Reads a dataset.</summary>
    /// <exception cref="FlywheelException"><c>DatasetNotFound</c>; <c>LabelUnknown</c>: a model does not know a label.</exception>
    public static LabelPool Of(Workspace workspace, string dataset, Model? model)
    {
        var found = workspace.GetDataset(dataset);
        List<FlywheelImage> labelled = [], open = [];
        // By content id: the order of import must not change the result.
        foreach (var image in workspace.Catalogue.Images(new ImageQuery { Dataset = found.Name, HasPicture = true }).Where(i => i.Split is DataSplit.None or DataSplit.Train).OrderBy(i => i.Id, StringComparer.Ordinal))
            (image is { Label: not null, Provenance: not AnnotationProvenance.Auto } ? labelled : open).Add(image);
        IReadOnlyList<string> labels = model?.Labels ?? [.. labelled.Select(i => i.Label!).Distinct().Order(StringComparer.Ordinal)];
        if (labelled.FirstOrDefault(i => !labels.Contains(i.Label!)) is { } odd)
            throw new FlywheelException("LabelUnknown", FaultCategory.InvalidOperation, $"The image '{odd.Path}' of '{found.Name}' has the label '{odd.Label}'; the labels of the model '{model!.Name}' are {string.Join(", ", labels)}.", odd.Label,
                "Correct the label with Set-FlywheelAnnotation, or start without a model.");
        return new LabelPool(found, labels, labelled, open);
    }

    /// <summary>Indices of the labels of images that have one.</summary>
    public int[] Truth(IEnumerable<FlywheelImage> images)
    {
        var index = Labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i, StringComparer.Ordinal);
        return [.. images.Select(i => index[i.Label!])];
    }
}

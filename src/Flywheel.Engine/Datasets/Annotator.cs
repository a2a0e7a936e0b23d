using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Datasets;

/// <summary>Writes labels to the ledger.</summary>
public static class Annotator
{
    /// <summary>Gives images a label, or withdraws it.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="imageIds">Ids, unambiguous prefixes, or source paths.</param>
    /// <param name="label">The label, or null to withdraw the present one.</param>
    /// <param name="provenance">Kind of source.</param>
    /// <param name="author">Who; the user's name when null.</param>
    /// <param name="source">From what.</param>
    /// <returns>The entries made; an image that has the label from the same kind of source already gets none.</returns>
    /// <exception cref="FlywheelException"><c>ImageNotFound</c>, <c>AmbiguousImageId</c>, <c>EmptyLabel</c>.</exception>
    public static IReadOnlyList<Annotation> Set(Workspace workspace, IEnumerable<string> imageIds, string? label, AnnotationProvenance provenance = AnnotationProvenance.Human, string? author = null, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(imageIds);
        return workspace.Catalogue.Annotate([.. imageIds.Select(id => new AnnotationChange(Resolve(workspace, id).Id, label, provenance, author ?? DatasetNames.User, source))]);
    }

    /// <summary>Gives images the labels a source of truth has for them. Images it does not know are reported as <c>TruthUnknown</c> and left as they are.</summary>
    public static IReadOnlyList<Annotation> Replay(Workspace workspace, TruthSource truth, IEnumerable<FlywheelImage> images, IReporter reporter, AnnotationProvenance provenance = AnnotationProvenance.Human, string? author = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(reporter);
        var changes = new List<AnnotationChange>();
        foreach (var image in images)
        {
            if (truth.LabelOf(image) is { } label) changes.Add(new AnnotationChange(image.Id, label, provenance, author ?? DatasetNames.User, truth.Path));
            else
                reporter.Fault(new FlywheelException("TruthUnknown", FaultCategory.NotFound, $"'{truth.Path}' does not know the image '{image.Path}'.", image.Path, "Label it by hand, or give a source that has it."));
        }
        return workspace.Catalogue.Annotate(changes);
    }

    /// <summary>The image of an id, unambiguous prefix or source path.</summary>
    /// <exception cref="FlywheelException"><c>ImageNotFound</c>, <c>AmbiguousImageId</c>.</exception>
    public static FlywheelImage Resolve(Workspace workspace, string idOrPath)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return workspace.Catalogue.FindImage(idOrPath)
            ?? throw new FlywheelException("ImageNotFound", FaultCategory.NotFound, $"No image '{idOrPath}' in the workspace '{workspace.Root}'.", idOrPath, "Import it first, or list images with Get-FlywheelImage.");
    }
}

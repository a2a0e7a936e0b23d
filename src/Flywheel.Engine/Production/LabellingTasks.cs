using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Loops.Stages;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Production;

/// <summary>Hands images to people for labelling and takes the labels back.</summary>
public static class LabellingTasks
{
    /// <summary>What a task would hold: the images that can and need to be labelled, each once.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="imageIds">Ids, unambiguous prefixes or source paths.</param>
    /// <param name="includeLabelled">True: also images that have a label.</param>
    /// <param name="first">At most this many.</param>
    /// <returns>The images, how many are left out for having a label, and how many because their picture is not there.</returns>
    /// <exception cref="FlywheelException"><c>ImageNotFound</c>, <c>AmbiguousImageId</c>.</exception>
    public static (IReadOnlyList<FlywheelImage> Images, int AlreadyLabelled, int Missing) Plan(Workspace workspace, IEnumerable<string> imageIds, bool includeLabelled, int first = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(imageIds);
        var all = imageIds.Distinct(StringComparer.Ordinal).Select(id => Annotator.Resolve(workspace, id)).DistinctBy(i => i.Id).ToList();
        var open = all.Where(i => includeLabelled || i.Label is null).ToList();
        var there = open.Where(i => i.Path.Length > 0 && File.Exists(i.Path)).ToList();
        return ([.. there.Take(first)], all.Count - open.Count, open.Count - there.Count);
    }

    /// <summary>Writes a labelling task.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="imageIds">Ids, unambiguous prefixes or source paths.</param>
    /// <param name="folder">Folder of its own, absolute.</param>
    /// <param name="includeLabelled">True: also images that have a label; what they have is not shown.</param>
    /// <param name="first">At most this many.</param>
    /// <param name="reporter">Gets a warning about missing pictures.</param>
    /// <param name="token">Obeyed between copies.</param>
    /// <exception cref="FlywheelException"><c>NothingToLabel</c>; <c>LabelFolderInUse</c>; <c>FileNotWritable</c>; those of <see cref="Plan"/>.</exception>
    public static LabellingTask Send(Workspace workspace, IEnumerable<string> imageIds, string folder, bool includeLabelled, int first, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(reporter);
        var (images, labelled, missing) = Plan(workspace, imageIds, includeLabelled, first);
        if (missing > 0) reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{missing:N0} images are left out: their pictures were not kept or are gone."));
        if (images.Count == 0)
            throw new FlywheelException("NothingToLabel", FaultCategory.InvalidOperation, string.Create(CultureInfo.InvariantCulture, $"None of the images needs a label and can be shown: {labelled:N0} have a label, {missing:N0} have no picture."), folder,
                "Use -IncludeLabelled to have labelled images looked at again.");
        var task = new LabellingFolder(folder, Labels(workspace));
        if (File.Exists(task.Manifest))
            throw new FlywheelException("LabelFolderInUse", FaultCategory.AlreadyExists, $"The folder '{folder}' holds a labelling task already.", folder, $"Take it back with Set-FlywheelAnnotation -FromManifest '{task.Manifest}' and delete it, or name another folder.");
        task.Collect(workspace, [.. images.Select(i => i with { Label = null })], reporter, token);
        return new LabellingTask
        {
            Path = folder,
            Manifest = task.Manifest,
            ImageIds = [.. images.Select(i => i.Id)],
            Labels = task.Labels,
            AlreadyLabelled = labelled,
            Missing = missing,
            Created = DateTimeOffset.UtcNow,
        };
    }

    /// <summary>Takes the labels that people filled in.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="manifest">The task's manifest, absolute.</param>
    /// <param name="reporter">Gets a line on what is still open, and a fault for each label that is none.</param>
    /// <param name="token">Obeyed while reading.</param>
    /// <exception cref="FlywheelException"><c>NoLabellingTask</c>; <c>ManifestHasProposals</c>; what reading a manifest raises.</exception>
    public static IReadOnlyList<Annotation> Take(Workspace workspace, string manifest, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(reporter);
        if (File.Exists(manifest) && File.ReadLines(manifest).FirstOrDefault() is { } header && header.Split(',', ';', '\t').Any(c => c.Trim('"', ' ', '\uFEFF').Equals("sent", StringComparison.OrdinalIgnoreCase)))
            throw new FlywheelException("ManifestHasProposals", FaultCategory.InvalidOperation, $"'{manifest}' was sent with proposals; which of them somebody has looked at, only its queue tells.", manifest, $"Take it back with Receive-FlywheelAnnotation '{manifest}'.");
        var task = new LabellingFolder(Path.GetDirectoryName(manifest)!, Labels(workspace));
        var images = task.Images(workspace, reporter, token);
        var open = task.Collect(workspace, images, reporter, token);
        if (open > 0) reporter.Information(string.Create(CultureInfo.InvariantCulture, $"{open:N0} of {images.Count:N0} images of '{manifest}' still wait for a label."));
        return task.Made;
    }

    static IReadOnlyList<string> Labels(Workspace workspace) =>
        [.. workspace.Catalogue.Datasets().SelectMany(d => d.Labels).Concat(workspace.Catalogue.Models().SelectMany(m => m.Labels)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

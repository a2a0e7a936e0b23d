using System.Globalization;
using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Studio;

/// <summary>Makes queues for the studio.</summary>
public static class LabelQueues
{
    /// <summary>What a queue would hold: the images that can be shown and are not labelled yet, or have no boxes yet, each once.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="request">What is asked for.</param>
    /// <returns>The images, how many are left out because somebody has said what is asked for, and how many because their picture is not there.</returns>
    /// <exception cref="FlywheelException"><c>ImageNotFound</c>, <c>AmbiguousImageId</c>, <c>DatasetNotFound</c>.</exception>
    public static (IReadOnlyList<FlywheelImage> Images, int AlreadySaid, int Missing) Plan(Workspace workspace, LabelQueueRequest request)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        var ids = request.Dataset is { } name
            ? request.ImageIds.Concat(workspace.Catalogue.Images(new ImageQuery { Dataset = workspace.GetDataset(name).Name }).Select(i => i.Id))
            : request.ImageIds;
        var (there, _, missing) = LabellingTasks.Plan(workspace, ids, includeLabelled: true);
        var open = there.Where(i => request.IncludeLabelled || (request.Boxes ? i.Boxes is null : i.Label is null)).ToList();
        return ([.. open.Take(request.First)], there.Count - open.Count, missing);
    }

    /// <summary>Makes a queue.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="reporter">Gets a warning about pictures that are not there.</param>
    /// <exception cref="FlywheelException"><c>NothingToLabel</c>; <c>LabelsMissing</c>: none are given and the workspace knows none; <c>QueueExists</c>; those of <see cref="Plan"/>.</exception>
    public static LabelQueue Create(Workspace workspace, LabelQueueRequest request, IReporter reporter)
    {
        ArgumentNullException.ThrowIfNull(reporter);
        var (images, said, missing) = Plan(workspace, request);
        if (missing > 0) reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{missing:N0} images are left out: their pictures were not kept or are gone."));
        if (images.Count == 0)
            throw new FlywheelException("NothingToLabel", FaultCategory.InvalidOperation,
                string.Create(CultureInfo.InvariantCulture, $"None of the images waits for {(request.Boxes ? "boxes" : "a label")} and can be shown: {said:N0} have {(request.Boxes ? "boxes" : "a label")}, {missing:N0} have no picture."), request.Name,
                "Use -IncludeLabelled to have labelled images looked at again.");
        var labels = request.Labels is { Count: > 0 } given ? given.Distinct(StringComparer.Ordinal).ToList() : Known(workspace, request);
        if (labels.Count == 0)
            throw new FlywheelException("LabelsMissing", FaultCategory.InvalidArgument, "There are no labels to choose from: none are given, and the workspace knows none.", request.Name, "Name them: -Labels closed, open");
        return workspace.Catalogue.AddQueue(new LabelQueue
        {
            Name = request.Name ?? FreeName(workspace, request),
            Labels = labels,
            Part = request.Boxes ? AnnotationPart.Boxes : AnnotationPart.Label,
            Votes = request.Votes,
            Dataset = request.Dataset ?? Common(workspace, images),
            Author = Environment.UserName,
        }, [.. images.Select(i => new QueueItem { ImageId = i.Id, SentLabel = i.Label, SentBoxes = i.Boxes })]);
    }

    /// <summary>The smallest dataset that has all the images: what the assistant learns from. Null if none has.</summary>
    static string? Common(Workspace workspace, IReadOnlyList<FlywheelImage> images)
    {
        string[] ids = [.. images.Select(i => i.Id).Distinct(StringComparer.Ordinal)];
        return workspace.Catalogue.Datasets().Where(d => d.Images >= ids.Length).OrderBy(d => d.Images)
            .FirstOrDefault(d => workspace.Catalogue.Images(new ImageQuery { Dataset = d.Name, Ids = ids }).Count() == ids.Length)?.Name;
    }

    /// <summary>The labels of the dataset; else all the workspace knows.</summary>
    static List<string> Known(Workspace workspace, LabelQueueRequest request)
    {
        var datasets = request.Dataset is { } name && workspace.GetDataset(name) is { Labels.Count: > 0 } one ? [one] : workspace.Catalogue.Datasets();
        var known = datasets.SelectMany(d => request.Boxes ? d.BoxCounts.Keys : d.LabelCounts.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return known.Count > 0 ? known : [.. workspace.Catalogue.Models().SelectMany(m => m.Labels).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The dataset's name, with a number where it is taken.</summary>
    static string FreeName(Workspace workspace, LabelQueueRequest request)
    {
        var stem = request.Dataset ?? "queue";
        for (var n = 1; ; n++)
        {
            var name = n == 1 && request.Dataset is not null ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{n}");
            if (workspace.Catalogue.FindQueue(name) is null) return name;
        }
    }
}

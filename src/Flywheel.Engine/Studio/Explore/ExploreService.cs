using System.Globalization;
using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Studio.Explore;

/// <summary>The catalogue to look through, and what is done with what was found.</summary>
public static class ExploreService
{
    /// <summary>Most images one queue may hold, or one action change.</summary>
    public const int Most = 100_000;

    /// <summary>The images a filter matches, all pages of them, in its order.</summary>
    /// <exception cref="FlywheelException"><c>TooManyImages</c>; what <see cref="ExploreFilter.ToBrowse"/> raises.</exception>
    public static IReadOnlyList<FlywheelImage> All(Workspace workspace, ExploreFilter filter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(filter);
        var browse = filter.ToBrowse(workspace) with { Size = 10_000 };
        var count = workspace.Catalogue.CountImages(browse);
        if (count > Most) throw new FlywheelException("TooManyImages", FaultCategory.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"{count:N0} images are more than {Most:N0}."), count, "Narrow the filter.");
        var all = new List<FlywheelImage>(count);
        string? after = null;
        do
        {
            token.ThrowIfCancellationRequested();
            var page = workspace.Catalogue.Browse(browse with { After = after });
            all.AddRange(page.Images.Select(i => i.Image));
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    /// <summary>Makes a queue of images, in the order given.</summary>
    /// <exception cref="FlywheelException"><c>InvalidQueue</c>; <c>QueueExists</c>.</exception>
    public static LabelQueue MakeQueue(Workspace workspace, QueueRequest request, IReadOnlyList<FlywheelImage> images)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(images);
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 100 || request.Name.Any(char.IsControl)) throw Fault("A queue's name has 1 to 100 characters.", request.Name, "Give another name.");
        if (images.Count == 0) throw Fault("There is no image to put into the queue.", request.Name, "Select images, or use another filter.");
        if (request.Votes is < 1 or > 20) throw Fault($"{request.Votes} people for each image.", request.Votes, "Ask for 1 to 20.");
        if (request.Part == AnnotationPart.Exclusion) throw Fault("A queue asks for labels or for boxes.", request.Part, "Choose label or boxes.");
        var labels = Labels(workspace, request, images);
        if (labels.Count == 0) throw Fault("No labels are known that people could choose from.", request.Name, "Name the labels.");
        return workspace.Catalogue.AddQueue(new LabelQueue { Name = request.Name.Trim(), Part = request.Part, Labels = labels, Votes = request.Votes, Author = request.Author },
            [.. images.Select(i => new QueueItem { ImageId = i.Id, SentLabel = i.Label, SentBoxes = i.Boxes })]);

        static FlywheelException Fault(string message, object? target, string advice) => new("InvalidQueue", FaultCategory.InvalidArgument, message, target, advice);
    }

    static IReadOnlyList<string> Labels(Workspace workspace, QueueRequest request, IReadOnlyList<FlywheelImage> images)
    {
        if (request.Labels.Count > 0) return [.. request.Labels.Select(l => l.Trim()).Where(l => l.Length > 0).Distinct(StringComparer.Ordinal)];
        var boxes = request.Part == AnnotationPart.Boxes;
        var theirs = boxes ? images.SelectMany(i => i.Boxes ?? []).Select(b => b.Label) : images.Select(i => i.Label).OfType<string>();
        var datasets = images.Take(50).SelectMany(i => workspace.Catalogue.UseOf(i.Id).Datasets.Select(d => d.Key)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var sets = workspace.Catalogue.Datasets().Where(d => datasets.Contains(d.Name, StringComparer.OrdinalIgnoreCase));
        return [.. theirs.Concat(sets.SelectMany(d => boxes ? d.BoxCounts.Keys : d.LabelCounts.Keys)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Labels images; null withdraws their labels. Returns what was recorded.</summary>
    public static IReadOnlyList<Annotation> Label(Workspace workspace, IReadOnlyList<string> ids, string? label, string author)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return workspace.Catalogue.Annotate([.. ids.Select(id => new AnnotationChange(id, label, AnnotationProvenance.Human, author, "studio explore"))]);
    }

    /// <summary>Leaves images out of their datasets; null takes them in again. Returns what was recorded.</summary>
    public static IReadOnlyList<Annotation> Exclude(Workspace workspace, IReadOnlyList<string> ids, string? reason, string author)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        return workspace.Catalogue.Annotate([.. ids.Select(id => AnnotationChange.OfExclusion(id, reason, author, "studio explore"))]);
    }
}

using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Production;
using Flywheel.Engine.Workspaces;
using Flywheel.Formats.Annotations;
using Flywheel.Formats.Manifests;

namespace Flywheel.Engine.Annotations;

/// <summary>Hands images to people: writes a task in a tool's format, with what is proposed, and remembers in a queue what was sent.</summary>
public static class AnnotationSender
{
    const string LabelStudioFile = "tasks.json";
    const string LabelStudioConfiguration = "labels.xml";
    const string CvatFile = "annotations.xml";
    const string CvatLabels = "labels.json";
    const string CocoFile = "instances.json";
    const string VocFile = "classes.txt";

    /// <summary>Pictures larger than this in all are not put into tasks: Label Studio takes 200 MB at once.</summary>
    const long LargestEmbedded = 150L << 20;

    /// <summary>What a task would hold.</summary>
    /// <exception cref="FlywheelException"><c>ImageNotFound</c>, <c>AmbiguousImageId</c>.</exception>
    public static SendPlan Plan(Workspace workspace, SendRequest request)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        var all = request.ImageIds.Distinct(StringComparer.Ordinal).Select(id => Annotator.Resolve(workspace, id)).DistinctBy(i => i.Id).ToList();
        var part = request.Part ?? (all.Exists(i => i.Boxes is not null) && all.TrueForAll(i => i.Label is null) ? AnnotationPart.Boxes : AnnotationPart.Label);
        var open = all.Where(i => request.IncludeLabelled || request.PreAnnotate || !Has(i, part)).ToList();
        var there = open.Where(i => i.Path.Length > 0 && File.Exists(i.Path)).ToList();
        return new SendPlan(part, [.. there.Take(request.First)], all.Count - open.Count, open.Count - there.Count);
    }

    /// <summary>Writes the task.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="request">What to send.</param>
    /// <param name="server">The Label Studio server to make a project on, or null for files.</param>
    /// <param name="reporter">Gets progress, and a warning about missing pictures.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <exception cref="FlywheelException"><c>NothingToLabel</c>, <c>NoLabels</c>, <c>TaskPathMissing</c>, <c>QueueExists</c>, <c>InvalidQueueName</c>,
    /// <c>LabelFolderInUse</c>, <c>FileNotWritable</c>, <c>ModelHasNoBoxes</c>, <c>TaskTooLarge</c>; those of <see cref="Plan"/>, of prediction and of <see cref="LabelStudioServer"/>.</exception>
    public static LabellingTask Send(Workspace workspace, SendRequest request, LabelStudioServer? server, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(reporter);
        var plan = Plan(workspace, request);
        if (plan.Missing > 0) reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{plan.Missing:N0} images are left out: their pictures were not kept or are gone."));
        if (plan.Images.Count == 0)
            throw new FlywheelException("NothingToLabel", FaultCategory.InvalidOperation, string.Create(CultureInfo.InvariantCulture, $"None of the images needs {(plan.Part == AnnotationPart.Boxes ? "boxes" : "a label")} and can be shown: {plan.AlreadyLabelled:N0} have {(plan.Part == AnnotationPart.Boxes ? "boxes" : "a label")}, {plan.Missing:N0} have no picture."), request.Path ?? request.Name,
                "Use -IncludeLabelled to have labelled images looked at again.");
        var toFiles = request.To != LabellingTool.Studio && server is null;
        if (toFiles && request.Path is null)
            throw new FlywheelException("TaskPathMissing", FaultCategory.InvalidArgument, $"A task for {request.To} needs a folder.", request.To, "Name one with -Path.");
        var labels = Labels(workspace, request, plan);
        var queue = QueueName(workspace, request);
        var proposals = Proposals(workspace, request, plan, labels, reporter, token);
        var keys = plan.Images.CountBy(i => i.ShortId, StringComparer.Ordinal).ToDictionary();
        var images = plan.Images.Select((image, i) => (Image: image, Task: ToTask(image, i, keys[image.ShortId] > 1 ? image.Id : image.ShortId, proposals[i].Label, proposals[i].Boxes, proposals[i].Score))).ToList();
        var task = new AnnotationTask { Name = queue, Part = plan.Part, Labels = labels, Images = [.. images.Select(i => i.Task)], Proposer = request.Model };

        var path = request.Path ?? "";
        var file = "";
        long? project = null;
        if (server is not null)
        {
            project = server.Send(task, ImageOf(request, images, embed: request.ImagePrefix is null), reporter, token);
            path = server.AddressOf(project.Value);
        }
        else if (toFiles)
        {
            file = Write(request, task, images, reporter, token);
        }
        try
        {
            workspace.Catalogue.AddQueue(new LabelQueue
            {
                Name = queue,
                Kind = request.To.ToString().ToLowerInvariant(),
                Part = plan.Part,
                Labels = labels,
                Votes = request.To == LabellingTool.Studio ? request.Votes : 1,
                Path = toFiles ? path : null,
                Author = request.Author ?? DatasetNames.User,
            }, [.. images.Select((image, i) => new QueueItem { ImageId = image.Image.Id, Position = i, Key = image.Task.Key, SentLabel = image.Task.Label, SentBoxes = image.Task.Boxes })]);
        }
        catch (FlywheelException)
        {
            if (file.Length > 0) File.Delete(file); // without its queue a task cannot come back
            throw;
        }
        return new LabellingTask
        {
            Path = path,
            Manifest = file,
            ImageIds = [.. images.Select(i => i.Image.Id)],
            Labels = labels,
            To = request.To,
            Queue = queue,
            Part = plan.Part,
            Proposed = images.Count(i => i.Task.Label is not null || i.Task.Boxes is not null),
            Project = project,
            AlreadyLabelled = plan.AlreadyLabelled,
            Missing = plan.Missing,
            Created = DateTimeOffset.UtcNow,
        };
    }

    /// <summary>An image as a tool gets it.</summary>
    internal static TaskImage ToTask(FlywheelImage image, int position, string key, string? label = null, IReadOnlyList<LabelBox>? boxes = null, double? score = null) => new()
    {
        Key = key,
        File = TaskFolder.FileOf(position, key, image.Path),
        ImageId = image.Id,
        Name = image.Name,
        Width = image.Width,
        Height = image.Height,
        Label = label,
        Boxes = boxes,
        Score = score,
    };

    static bool Has(FlywheelImage image, AnnotationPart part) => part == AnnotationPart.Boxes ? image.Boxes is not null : image.Label is not null;

    /// <summary>What is shown of an image.</summary>
    readonly record struct Proposal(string? Label, IReadOnlyList<LabelBox>? Boxes, double? Score);

    static Proposal[] Proposals(Workspace workspace, SendRequest request, SendPlan plan, IReadOnlyList<string> labels, IReporter reporter, CancellationToken token)
    {
        var proposals = new Proposal[plan.Images.Count];
        if (request.PreAnnotate)
            for (var i = 0; i < proposals.Length; i++)
                proposals[i] = plan.Part == AnnotationPart.Boxes ? new Proposal(null, plan.Images[i].Boxes, null) : new Proposal(plan.Images[i].Label, null, null);
        foreach (var shown in proposals.SelectMany(p => (p.Boxes ?? []).Select(b => b.Label).Append(p.Label)).OfType<string>().Distinct(StringComparer.Ordinal))
            if (!labels.Contains(shown)) throw NotListed("The catalogue has", shown, labels);
        if (request.Model is null) return proposals;
        if (plan.Part == AnnotationPart.Boxes)
            throw new FlywheelException("ModelHasNoBoxes", FaultCategory.InvalidArgument, $"The model '{request.Model}' tells labels of images, not boxes.", request.Model, "Leave -Model out, or send labels with -Part Label.");
        var model = workspace.GetModel(request.Model);
        if (model.Labels.FirstOrDefault(l => !labels.Contains(l)) is { } foreign) throw NotListed($"The model '{request.Model}' proposes", foreign, labels);
        var open = Enumerable.Range(0, proposals.Length).Where(i => proposals[i].Label is null).ToDictionary(i => plan.Images[i].Id, i => i, StringComparer.Ordinal);
        // Proposals are no production: they must not count as such.
        using var service = new PredictionService(workspace, model, new PredictionOptions { Store = false }, reporter);
        foreach (var prediction in service.PredictImages(open.Values.Select(i => plan.Images[i]), reporter, token))
            proposals[open[prediction.ImageId]] = new Proposal(prediction.Label, null, prediction.Confidence);
        service.Complete(reporter);
        return proposals;
    }

    static FlywheelException NotListed(string who, string label, IReadOnlyList<string> labels) =>
        new("LabelNotListed", FaultCategory.InvalidArgument, $"{who} '{label}', which is not among the labels to choose from: {string.Join(", ", labels)}.", label, "Add it to -Label.");

    static IReadOnlyList<string> Labels(Workspace workspace, SendRequest request, SendPlan plan)
    {
        IReadOnlyList<string> labels = request.Labels is { Count: > 0 } given
            ? [.. given.Distinct(StringComparer.Ordinal)]
            : [.. (plan.Part == AnnotationPart.Boxes ? workspace.Catalogue.Datasets().SelectMany(d => d.BoxCounts.Keys) : workspace.Catalogue.Datasets().SelectMany(d => d.LabelCounts.Keys).Concat(workspace.Catalogue.Models().SelectMany(m => m.Labels)))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (labels.FirstOrDefault(l => string.IsNullOrWhiteSpace(l) || l != l.Trim() || l == FolderFormat.None || l.Any(char.IsControl)) is { } odd)
            throw new FlywheelException("InvalidLabel", FaultCategory.InvalidArgument, $"'{odd}' cannot be a label to choose from.", odd, "Use words without line breaks and blanks around them; '-' stands for none of them.");
        return labels.Count > 0 ? labels
            : throw new FlywheelException("NoLabels", FaultCategory.InvalidArgument, $"There are no labels to choose from: no dataset {(plan.Part == AnnotationPart.Boxes ? "has boxes" : "or model has any")}.", plan.Part, "Give them with -Label.");
    }

    static string QueueName(Workspace workspace, SendRequest request)
    {
        if (request.Name is { } given)
        {
            if (!DatasetNames.IsValid(given)) throw new FlywheelException("InvalidQueueName", FaultCategory.InvalidArgument, $"'{given}' cannot be the name of a queue.", given, "Use up to 100 letters, digits, blanks, '-', '_' or '.'.");
            if (workspace.Catalogue.FindQueue(given) is not null) throw new FlywheelException("QueueExists", FaultCategory.AlreadyExists, $"There is a queue named '{given}' already.", given, "Take another name.");
            return given;
        }
        var leaf = request.Path is null ? request.To.ToString().ToLowerInvariant() : SafeName.Of(Path.GetFileName(Path.TrimEndingDirectorySeparator(request.Path)));
        var name = leaf = DatasetNames.IsValid(leaf) ? leaf : "task";
        for (var n = 2; workspace.Catalogue.FindQueue(name) is not null; n++) name = string.Create(CultureInfo.InvariantCulture, $"{leaf}-{n}");
        return name;
    }

    static string Write(SendRequest request, AnnotationTask task, List<(FlywheelImage Image, TaskImage Task)> images, IReporter reporter, CancellationToken token)
    {
        var folder = request.Path!;
        var inRoot = request.To == LabellingTool.Folder && task.Part == AnnotationPart.Label;
        TaskFolder.Require(folder, [FolderFormat.Manifest, LabelStudioFile, CvatFile, CocoFile, VocFile]);
        var pictures = inRoot ? folder : Path.Combine(folder, TaskFolder.Images);
        if (!(request is { To: LabellingTool.LabelStudio, Embed: true })) TaskFolder.Copy(images, pictures, reporter, token);
        else Directory.CreateDirectory(folder);
        switch (request.To)
        {
            case LabellingTool.LabelStudio:
                TaskFolder.Write(Path.Combine(folder, LabelStudioConfiguration), LabelStudioFormat.Configuration(task));
                return Main(LabelStudioFile, stream => LabelStudioFormat.Write(stream, task, ImageOf(request, images, request.Embed)));
            case LabellingTool.Cvat:
                TaskFolder.Write(Path.Combine(folder, CvatLabels), CvatFormat.Labels(task));
                return Main(CvatFile, stream => CvatFormat.Write(stream, task));
            case LabellingTool.Coco:
                return Main(CocoFile, stream => CocoFormat.Write(stream, task));
            case LabellingTool.Folder when task.Part == AnnotationPart.Boxes:
                // LabelImg keeps its files beside the images.
                TaskFolder.WriteAll(task.Images.Where(i => i.Boxes is not null).Select(i => (Path.Combine(pictures, Path.ChangeExtension(i.File, ".xml")), VocFormat.Write(i, TaskFolder.Images))), folder, token);
                return Main(VocFile, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', task.Labels) + "\n")));
            default:
                return Main(FolderFormat.Manifest, stream => FolderFormat.Write(stream, task));
        }

        string Main(string name, Action<Stream> write)
        {
            var path = Path.Combine(folder, name);
            TaskFolder.Write(path, write); // last: it means that the pictures are there
            return path;
        }
    }

    /// <summary>What Label Studio loads an image by.</summary>
    static Func<TaskImage, string> ImageOf(SendRequest request, List<(FlywheelImage Image, TaskImage Task)> images, bool embed)
    {
        if (embed)
        {
            var bytes = images.Sum(i => new FileInfo(i.Image.Path).Length);
            if (bytes > LargestEmbedded)
                throw new FlywheelException("TaskTooLarge", FaultCategory.LimitsExceeded, $"The {images.Count} pictures have {bytes >> 20} MiB; at most {LargestEmbedded >> 20} MiB fit into tasks.", bytes, "Send fewer with -First, or let Label Studio load them with -ImagePrefix.");
            var byKey = images.ToDictionary(i => i.Task.Key, i => i.Image, StringComparer.Ordinal);
            return image => LabelStudioFormat.Embedded(File.ReadAllBytes(byKey[image.Key].Path), byKey[image.Key].Format);
        }
        if (request.ImagePrefix is { } prefix) return image => prefix + Uri.EscapeDataString(image.File);
        var leaf = Path.GetFileName(Path.TrimEndingDirectorySeparator(request.Path!));
        return image => LabelStudioFormat.LocalFile($"{leaf}/{TaskFolder.Images}/{image.File}");
    }
}

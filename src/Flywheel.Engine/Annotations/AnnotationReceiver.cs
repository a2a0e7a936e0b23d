using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Workspaces;
using Flywheel.Formats.Annotations;

namespace Flywheel.Engine.Annotations;

/// <summary>
/// Takes back what people did with a task. Each answer is compared with what was sent and with what the catalogue has now; only real changes
/// are written, all in one transaction, so that the same file taken twice changes nothing the second time.
/// </summary>
public static class AnnotationReceiver
{
    /// <summary>Takes the result.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="request">What to take.</param>
    /// <param name="reporter">Gets a fault for each item that cannot be taken (<c>AnnotationImageUnknown</c>, <c>AnnotationImageTwice</c>,
    /// <c>AnnotationLabelUnknown</c>, <c>AnnotationLabelAmbiguous</c>, <c>AnnotationBoxInvalid</c>, <c>AnnotationSizeDiffers</c>,
    /// <c>AnnotationShapeUnsupported</c>, <c>AnnotationIdTwice</c>, <c>LabelChangedMeanwhile</c>); the rest goes on.</param>
    /// <param name="token">Obeyed between images.</param>
    /// <returns>A record for every change, and for every image without one.</returns>
    /// <exception cref="FlywheelException"><c>QueueNotFound</c>, <c>QueueUnknown</c>; those of <see cref="AnnotationFile.Read"/>, of which nothing is taken.</exception>
    public static IReadOnlyList<ReceivedAnnotation> Receive(Workspace workspace, ReceiveRequest request, IReporter reporter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reporter);
        var result = request.Result ?? AnnotationFile.Read(request.Path, request.Format, token);
        var (queue, items, images, known) = FindQueue(workspace, request, result);

        var byImage = new Dictionary<string, List<ToolAnswer>>(StringComparer.Ordinal);
        foreach (var answer in result.Answers)
        {
            if (known.Find(answer.Key, answer.File) is not { } image)
            {
                if (answer.Problems.Count > 0) foreach (var problem in answer.Problems) reporter.Fault(problem);
                else
                    reporter.Fault(answer.Place.Fault("AnnotationImageUnknown", $"{answer.Item} is of an image that the queue '{queue.Name}' does not have: '{answer.Key ?? answer.File}'", answer.Key ?? answer.File, "Name the queue it was sent with (-Name), or label this image with Set-FlywheelAnnotation."));
                continue;
            }
            if (!byImage.TryGetValue(image.ImageId, out var answers)) byImage[image.ImageId] = answers = [];
            if (answers.Count > 0 && answers[0].Item != answer.Item)
                reporter.Fault(answer.Place.Fault("AnnotationImageTwice", $"{answer.Item} is of the image that {answers[0].Item} is of, '{image.File}'", image.File, "Remove one of the two; the first was taken."));
            else answers.Add(answer);
        }

        var judge = new AnswerJudge(workspace, queue, request, reporter);
        var records = new List<ReceivedAnnotation>();
        var writes = new List<QueueAnswer>();
        using (var meter = new ProgressMeter(reporter, $"Receiving {queue.Name}", items.Count, "images"))
        {
            foreach (var item in items)
            {
                token.ThrowIfCancellationRequested();
                var finding = judge.Judge(item, images[item.ImageId], byImage.GetValueOrDefault(item.ImageId) ?? []);
                records.AddRange(finding.Records);
                writes.AddRange(finding.Answers);
                meter.Advance();
            }
        }
        judge.ReportEnd();
        if (request.Store && writes.Count > 0) workspace.Catalogue.Answer(queue.Name, request.Author ?? DatasetNames.User, writes);
        return records;
    }

    /// <summary>What was received, in one line.</summary>
    public static string Summary(IReadOnlyList<ReceivedAnnotation> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var counts = records.CountBy(r => r.Kind).ToDictionary();
        (ReceivedKind, string)[] names = [(ReceivedKind.New, "new"), (ReceivedKind.Changed, "changed"), (ReceivedKind.Deleted, "deleted"), (ReceivedKind.Empty, "empty"), (ReceivedKind.Confirmed, "confirmed"), (ReceivedKind.Vote, "further votes"), (ReceivedKind.Unchanged, "unchanged"), (ReceivedKind.Open, "open"), (ReceivedKind.Skipped, "skipped")];
        string[] parts = [.. names.Where(k => counts.ContainsKey(k.Item1)).Select(k => string.Create(CultureInfo.InvariantCulture, $"{counts[k.Item1]:N0} {k.Item2}"))];
        return parts.Length == 0 ? "nothing" : string.Join(", ", parts);
    }

    static (LabelQueue Queue, IReadOnlyList<QueueItem> Items, IReadOnlyDictionary<string, FlywheelImage> Images, TaskImages Known) FindQueue(Workspace workspace, ReceiveRequest request, ToolResult result)
    {
        var catalogue = workspace.Catalogue;
        if (request.Queue is { } name)
        {
            return Open(catalogue.FindQueue(name)
                ?? throw new FlywheelException("QueueNotFound", FaultCategory.NotFound, $"No queue named '{name}' in the workspace '{workspace.Root}'.", name,
                    catalogue.Queues() is { Count: > 0 } some ? $"Queues here: {string.Join(", ", some.Select(q => q.Name))}." : "Send a task with Send-FlywheelAnnotation first."));
        }
        // By the name in the file, by the folder it lies in, else whichever queue knows most of its images; the newest of equals.
        var file = request.Result is null ? Path.GetFullPath(request.Path) : "";
        var folder = Path.GetDirectoryName(file);
        var queues = catalogue.Queues().Reverse().OrderByDescending(q => q.Name == result.Task).ThenByDescending(q => q.Path is { } path && (path == folder || path == file || Path.GetDirectoryName(folder) == path)).ToList();
        (LabelQueue, IReadOnlyList<QueueItem>, IReadOnlyDictionary<string, FlywheelImage>, TaskImages)? best = null;
        var most = 0;
        foreach (var queue in queues)
        {
            var opened = Open(queue);
            var hits = result.Answers.Count(a => opened.Known.Find(a.Key, a.File) is not null);
            if (hits > most) (most, best) = (hits, opened);
            if (hits > 0 && hits == result.Answers.Count) break;
        }
        return best ?? throw new FlywheelException("QueueUnknown", FaultCategory.NotFound, $"No queue of the workspace '{workspace.Root}' has any of the {result.Answers.Count} images of '{request.Path}'.", request.Path,
            queues.Count > 0 ? $"Name the queue with -Name. Queues here: {string.Join(", ", queues.Select(q => q.Name))}." : "Send a task with Send-FlywheelAnnotation first.");

        (LabelQueue Queue, IReadOnlyList<QueueItem> Items, IReadOnlyDictionary<string, FlywheelImage> Images, TaskImages Known) Open(LabelQueue queue)
        {
            var items = catalogue.QueueItems(queue.Name);
            var images = catalogue.Images(new ImageQuery { Ids = [.. items.Select(i => i.ImageId)] }).ToDictionary(i => i.Id, StringComparer.Ordinal);
            return (queue, items, images, new TaskImages(items.Select(i => AnnotationSender.ToTask(images[i.ImageId], i.Position, i.Key))));
        }
    }
}

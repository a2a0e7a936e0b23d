using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>How a loop gets its labels: replayed from a source that knows them, or from people in a folder or in the studio.</summary>
/// <param name="loop">The definition; it has <c>label</c>.</param>
/// <param name="replay">The source whose truth is replayed, or null.</param>
/// <param name="suffix">Set apart from the loop's other labelling: put behind the folder's and the queue's name.</param>
sealed class PeopleLabelling(LoopDefinition loop, DataSource? replay, string suffix = "")
{
    LabelOptions Options => loop.Label!;

    /// <summary>Where people label, in words.</summary>
    public string What => replay is not null ? $"replays the labels of {replay.Name}" : Options.Folder is { } folder ? $"lets people label in {folder}{suffix}" : $"lets people label in the studio's queue {Options.Studio}{suffix}";

    /// <summary>True if people are asked, and not a source.</summary>
    public bool AsksPeople => replay is null;

    /// <summary>Gets what is there of the images' labels, and says how many still wait and where people give them.</summary>
    public (int Open, string Where) Collect(LoopContext context, IReadOnlyList<FlywheelImage> images, IReadOnlyList<string> labels)
    {
        if (replay is not null)
        {
            // Only the chosen images' truth is asked for; the rest of the source stays unread, as it would with people.
            Annotator.Replay(context.Workspace, SourceTruth.Open(replay, context), images, context.Reporter, AnnotationProvenance.Human, "replay");
            return (0, replay.Name);
        }
        if (Options.Folder is { } path)
        {
            var folder = new LabellingFolder(path + suffix, labels);
            var open = folder.Collect(context.Workspace, images, context.Reporter, context.Token);
            return (open, $"wait for a label in {folder.Manifest}; fill in the column 'label' ({string.Join(", ", labels)}, or {LabellingFolder.None} for none of them) and run again");
        }
        var queue = Queue(context, images, labels);
        return (queue.Open, $"wait for a label in the queue '{queue.Name}'; label them with Start-FlywheelStudio -Queue {queue.Name} and run again");
    }

    /// <summary>The queue that holds just these images; made if there is none. Each turn has its own, numbered from the second.</summary>
    LabelQueue Queue(LoopContext context, IReadOnlyList<FlywheelImage> images, IReadOnlyList<string> labels)
    {
        var catalogue = context.Workspace.Catalogue;
        var ids = images.Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        for (var turn = 1; ; turn++)
        {
            var name = Options.Studio + suffix + (turn == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{turn}"));
            if (catalogue.FindQueue(name) is not { } queue)
                return catalogue.AddQueue(new LabelQueue { Name = name, Labels = labels, Author = loop.Name, Dataset = loop.Production ?? loop.Train.Dataset },
                    [.. images.Select(i => new QueueItem { ImageId = i.Id })]);
            if (catalogue.QueueItems(name).Select(i => i.ImageId).ToHashSet(StringComparer.Ordinal).SetEquals(ids)) return queue;
        }
    }
}

using System.Globalization;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Gets the chosen images labelled: from a source that knows, or by people in a folder.</summary>
sealed class LabelStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Label, loop.Label!.Replay is { } from ? $"replays the labels of {from}" : $"lets people label in {loop.Label.Folder}",
        loop.Label.Replay is { } source && loop.Data.First(s => s.Name == source).Sample is not null ? [StageNames.Select, StageNames.Sample] : [StageNames.Select])
{
    public override int ImagesToLabel => Loop.Label!.Replay is null ? Loop.Mine!.Budget : 0;
    public override TimeSpan? Estimate => TimeSpan.FromSeconds(1);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["images"] = Text(context.Output<SelectOutput>(StageNames.Select).Images.Select(i => i.ImageId)),
        ["label"] = Text(Loop.Label),
    };

    public override StageOutcome Run(LoopContext context)
    {
        var chosen = context.Output<SelectOutput>(StageNames.Select).Images;
        var catalogue = context.Workspace.Catalogue;
        var images = catalogue.Images(new ImageQuery { Ids = [.. chosen.Select(c => c.ImageId)] }).ToDictionary(i => i.Id, StringComparer.Ordinal);
        if (Loop.Label!.Replay is { } name)
        {
            // Only the chosen images' truth is asked for; the rest of the source stays unread, as it would with people.
            var truth = SourceTruth.Open(Loop.Data.First(s => s.Name == name), context);
            Annotator.Replay(context.Workspace, truth, chosen.Where(c => images.ContainsKey(c.ImageId)).Select(c => images[c.ImageId]), context.Reporter, AnnotationProvenance.Human, "replay");
        }
        else
        {
            var folder = new LabellingFolder(Loop.Label.Folder!, Loop.Labels.Count > 0 ? Loop.Labels : context.Workspace.GetDataset(Loop.Train.Dataset).Labels);
            var open = folder.Collect(context.Workspace, [.. chosen.Where(c => images.ContainsKey(c.ImageId)).Select(c => images[c.ImageId])], context.Reporter, context.Token);
            if (open > 0)
                return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{open:N0} of {Count(chosen.Count)} wait for a label in {folder.Manifest}; fill in the column 'label' ({string.Join(", ", folder.Labels)}, or - for none of them) and run again"), null, StageStatus.Waiting);
        }
        var labelled = catalogue.Images(new ImageQuery { Ids = [.. chosen.Select(c => c.ImageId)], Labelled = true }).ToList();
        if (labelled.Count == 0)
            throw new FlywheelException("NothingLabelled", FaultCategory.InvalidOperation, $"None of the {Count(chosen.Count)} chosen got a label.", Loop.Label.Replay ?? Loop.Label.Folder, "Check where the labels come from.", new SourceLocation(Loop.File));
        var labels = labelled.CountBy(i => i.Label!).OrderBy(l => l.Key, StringComparer.Ordinal);
        // What earlier turns had labelled is learned from as well.
        var all = catalogue.Images(new ImageQuery { Dataset = Loop.Production, Labelled = true }).Where(i => i.Provenance is not AnnotationProvenance.Auto).Concat(labelled).DistinctBy(i => i.Id);
        return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{Count(labelled.Count)} labelled ({string.Join(", ", labels.Select(l => $"{l.Key} {l.Value}"))})"),
            new LabelOutput(new SortedDictionary<string, string>(all.ToDictionary(i => i.Id, i => i.Label!), StringComparer.Ordinal)))
        {
            Metrics = new Dictionary<string, double> { ["images"] = labelled.Count },
        };
    }
}

/// <summary>The label of every production image that has one: those chosen in this turn and in earlier ones.</summary>
sealed record LabelOutput(IReadOnlyDictionary<string, string> Labels);

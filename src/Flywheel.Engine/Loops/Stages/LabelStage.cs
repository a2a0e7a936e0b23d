using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Gets the chosen production images labelled: from a source that knows, or by people.</summary>
sealed class LabelStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Label, People(loop).What,
        loop.Label!.Replay is { } source && loop.Data.First(s => s.Name == source).Sample is not null ? [StageNames.Select, StageNames.Sample] : [StageNames.Select])
{
    static PeopleLabelling People(LoopDefinition loop) => new(loop, loop.Label!.Replay is { } from ? loop.Data.First(s => s.Name == from) : null);

    public override int ImagesToLabel => People(Loop).AsksPeople ? Loop.Mine!.Budget : 0;
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
        var (open, where) = People(Loop).Collect(context, [.. chosen.Where(c => images.ContainsKey(c.ImageId)).Select(c => images[c.ImageId])],
            Loop.Labels.Count > 0 ? Loop.Labels : context.Workspace.GetDataset(Loop.Train.Dataset).Labels);
        if (open > 0) return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{open:N0} of {Count(chosen.Count)} {where}"), null, StageStatus.Waiting);
        var labelled = catalogue.Images(new ImageQuery { Ids = [.. chosen.Select(c => c.ImageId)], Labelled = true }).ToList();
        if (labelled.Count == 0)
            throw new FlywheelException("NothingLabelled", FaultCategory.InvalidOperation, $"None of the {Count(chosen.Count)} chosen got a label.", Loop.Label!.Replay ?? Loop.Label.Folder ?? Loop.Label.Studio, "Check where the labels come from.", new SourceLocation(Loop.File));
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

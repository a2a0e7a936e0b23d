using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Production;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>
/// The same turn with images chosen another way: same model, same pool, same budget, same seed. Its labels stay out of the catalogue,
/// so that a control never leaves a trace in what the real turn knows. A labels-only control goes on from the start model instead and
/// learns nothing from unlabelled images.
/// </summary>
sealed class ControlStage(LoopDefinition loop, string control)
    : LoopStage(loop, StageNames.Control(control), $"control: {loop.Mine!.Budget} images chosen by {control}", [StartStage(loop, control), StageNames.Split(loop.Train.Dataset), ProduceStage.ProductionSource(loop),
        .. loop.Data.First(s => s.Name == loop.Label!.Replay).Sample is null ? (string[])[] : [StageNames.Sample]])
{
    bool LabelsOnly => control.StartsWith(LoopFile.LabelsOnlyControl, StringComparison.Ordinal);

    SelectionStrategy Strategy => Enum.Parse<SelectionStrategy>(LabelsOnly ? control[LoopFile.LabelsOnlyControl.Length..] : control, true);

    static string StartStage(LoopDefinition loop, string control) =>
        control.StartsWith(LoopFile.LabelsOnlyControl, StringComparison.Ordinal) ? StageNames.Train : AdaptStage.CurrentStage(loop);

    string Start(LoopContext context) => context.Output<ModelOutput>(StartStage(Loop, control)).ModelId;

    public override TimeSpan? Estimate => LoopTraining.Estimate(Loop, 12);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["model"] = Start(context),
        ["dataset"] = Version(context.Workspace, Loop.Train.Dataset),
        ["images"] = Members(context.Workspace, Loop.Production!),
        ["budget"] = Number(Loop.Mine!.Budget),
        ["replay"] = Loop.Label!.Replay!,
        ["retrain"] = Text(Loop.Retrain),
        ["seed"] = Number(Loop.Seed),
    };

    public override bool OutputsExist(LoopContext context) => ModelExists(context, context.State.Output<ControlOutput>(Name)?.ModelId);

    public override StageOutcome Run(LoopContext context)
    {
        var model = context.Workspace.GetModel(Start(context));
        var truth = SourceTruth.Open(Loop.Data.First(s => s.Name == Loop.Label!.Replay), context);
        var images = context.Workspace.Catalogue.Images(new ImageQuery { Dataset = Loop.Production }).ToDictionary(i => i.Id, StringComparer.Ordinal);
        var chosen = ImageSelector.Select(context.Workspace, model, new SelectionRequest
        {
            Dataset = Loop.Production!,
            Budget = Loop.Mine!.Budget,
            Strategy = Strategy,
            Seed = Loop.Seed,
            // The real turn may have labelled some by now; the control chooses from the same pool it did.
            IncludeLabelled = true,
            Truth = id => images.TryGetValue(id, out var image) ? truth.LabelOf(image) : null,
        }, context.Reporter, context.Token);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var image in chosen)
            if (truth.LabelOf(image.Image) is { } label) labels[image.ImageId] = label;
        var trained = LoopTraining.Retrain(context, Loop, model, labels, [.. chosen.Where(c => c.Random && labels.ContainsKey(c.ImageId)).Select(c => c.ImageId)], $"{Loop.Name}-{control}", adapt: !LabelsOnly);
        var outcome = LoopTraining.Outcome(trained);
        return outcome with
        {
            Summary = string.Create(CultureInfo.InvariantCulture, $"{labels.Count:N0} labels ({string.Join(", ", labels.Values.CountBy(l => l).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key} {l.Value}"))}); {outcome.Summary}"),
            Output = new ControlOutput(trained.Id, labels.Count),
        };
    }
}

/// <summary>The control's model.</summary>
sealed record ControlOutput(string ModelId, int Labels);

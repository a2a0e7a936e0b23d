using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Self-training on the production images, without a single label.</summary>
sealed class AdaptStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Adapt, $"adapts to {loop.Production} without labels", [StageNames.Train, StageNames.Split(loop.Train.Dataset), ProduceStage.ProductionSource(loop)])
{
    /// <summary>The model production would run now: the adapted one where there is one.</summary>
    public static string Current(LoopDefinition loop, LoopContext context) =>
        context.Output<ModelOutput>(CurrentStage(loop)).ModelId;

    /// <summary>The stage that makes it.</summary>
    public static string CurrentStage(LoopDefinition loop) => loop.Adapt is null ? StageNames.Train : StageNames.Adapt;

    public override TimeSpan? Estimate => LoopTraining.Estimate(Loop, 12);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context)
    {
        var inputs = new Dictionary<string, string>
        {
            ["model"] = context.Output<ModelOutput>(StageNames.Train).ModelId,
            ["dataset"] = Version(context.Workspace, Loop.Train.Dataset),
            // Labels that come later must not set off the whole chain again, but for those that judge the adaptation.
            ["images"] = Members(context.Workspace, Loop.Production!),
            ["adapt"] = Text(Loop.Adapt),
            ["seed"] = Number(Loop.Seed),
        };
        var drawn = context.Workspace.Catalogue.AuditPicks().Select(p => p.ImageId).ToHashSet(StringComparer.Ordinal);
        if (drawn.Count > 0)
            inputs["audited"] = LoopState.Hash(string.Join('\n', context.Workspace.Catalogue.Images(new ImageQuery { Dataset = Loop.Production, Labelled = true }).Where(i => drawn.Contains(i.Id)).Select(i => $"{i.Id} {i.Label}").Order(StringComparer.Ordinal)));
        return inputs;
    }

    public override bool OutputsExist(LoopContext context) => ModelExists(context, context.State.Output<ModelOutput>(Name)?.ModelId);

    public override StageOutcome Run(LoopContext context)
    {
        if ((Loop.Adapt!.Augmentation ?? Loop.Train.Augmentation) != TrainOptions.Augmentations[0])
            context.Reporter.Warning("Self-training on images that are hardly varied confirms the model in its own mistakes, and the source's validation does not show it. Write 'adapt: { augmentation: robust }'.");
        var start = context.Workspace.GetModel(context.Output<ModelOutput>(StageNames.Train).ModelId);
        return LoopTraining.Outcome(LoopTraining.Adapt(context, Loop, start));
    }
}

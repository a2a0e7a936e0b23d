using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Learns from the new labels, going on from the model production runs.</summary>
sealed class RetrainStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Retrain, "learns from the new labels", [AdaptStage.CurrentStage(loop), StageNames.Select, StageNames.Label, StageNames.Split(loop.Train.Dataset), ProduceStage.ProductionSource(loop)])
{
    public override TimeSpan? Estimate => LoopTraining.Estimate(Loop, 12);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["model"] = AdaptStage.Current(Loop, context),
        ["dataset"] = Version(context.Workspace, Loop.Train.Dataset),
        ["images"] = Members(context.Workspace, Loop.Production!),
        ["labels"] = Text(context.Output<LabelOutput>(StageNames.Label).Labels),
        ["retrain"] = Text(Loop.Retrain),
        ["seed"] = Number(Loop.Seed),
    };

    public override bool OutputsExist(LoopContext context) => ModelExists(context, context.State.Output<ModelOutput>(Name)?.ModelId);

    public override StageOutcome Run(LoopContext context)
    {
        var labels = context.Output<LabelOutput>(StageNames.Label).Labels;
        var random = context.Output<SelectOutput>(StageNames.Select).Images.Where(i => i.Random && labels.ContainsKey(i.ImageId)).Select(i => i.ImageId).ToArray();
        var from = context.Workspace.GetModel(AdaptStage.Current(Loop, context));
        // Where self-training was refused, its second try would have less to be judged by: the labels that refused it are learned from now.
        return LoopTraining.Outcome(LoopTraining.Retrain(context, Loop, from, labels, random, Loop.Name, adapt: from.Adaptation is not { Kept: false }));
    }
}

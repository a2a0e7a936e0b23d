using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Production.Retraining;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Asks whether labelling and retraining pay now; if not, the turn ends here.</summary>
sealed class DecideStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Decide, "asks whether retraining pays", loop.Mine is null ? [StageNames.Watch] : [StageNames.Watch, StageNames.Mine])
{
    public override bool AlwaysRuns => true;

    public override TimeSpan? Estimate => TimeSpan.FromSeconds(2);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>();

    public override StageOutcome Run(LoopContext context)
    {
        var model = context.Workspace.GetModel(ProduceStage.InProduction(Loop, context));
        var when = Loop.Retrain.When!;
        var decision = RetrainingService.Decide(context.Workspace, model, new RetrainingRequest { Costs = when.Costs, Rules = when.Rules, VolumePerDay = when.VolumePerDay, Seed = Loop.Seed }, context.Reporter, context.Token);
        return new StageOutcome(decision.Summary, decision) { EndsTurn = decision.Verdict == RetrainingVerdict.Wait };
    }
}

using Flywheel.Engine.Evaluations;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Judges the start model on everything the loop will prove itself on: the "before" of before and after.</summary>
sealed class EvaluateStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Evaluate, $"judges the start model on {string.Join(", ", loop.Prove.On)}", [StageNames.Train, .. ProveStage.TargetStages(loop)])
{
    public override TimeSpan? Estimate => TimeSpan.FromSeconds(2);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => ProveStage.TargetInputs(Loop, context, new()
    {
        ["model"] = context.Output<ModelOutput>(StageNames.Train).ModelId,
    });

    public override StageOutcome Run(LoopContext context)
    {
        var model = context.Workspace.GetModel(context.Output<ModelOutput>(StageNames.Train).ModelId);
        var judged = Loop.Prove.On.Select(t => EvaluationService.Evaluate(context.Workspace, model, context.Workspace.GetDataset(t.Dataset), t.Split, context.Reporter, context.Token)).ToArray();
        return new StageOutcome(string.Join("; ", judged.Select((e, i) => $"{Percent(e.Accuracy)} on {Loop.Prove.On[i]} (n {e.N})")), new EvaluateOutput(judged))
        {
            Metrics = Loop.Prove.On.Zip(judged).ToDictionary(p => p.First.ToString(), p => p.Second.Accuracy.Value),
        };
    }
}

/// <summary>One evaluation for each entry of <c>prove.on</c>.</summary>
sealed record EvaluateOutput(IReadOnlyList<Evaluation> Evaluations);

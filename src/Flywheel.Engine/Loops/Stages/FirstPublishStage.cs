using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Puts the start model into production where nothing is yet, behind the same gate; else says what is there.</summary>
sealed class FirstPublishStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.FirstPublish, $"publishes the start model as {loop.Publish!.Alias}, if nothing is there yet", [StageNames.Train, StageNames.Evaluate])
{
    public override bool AlwaysRuns => true;

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>();

    public override StageOutcome Run(LoopContext context)
    {
        if (context.Workspace.Catalogue.FindAlias(Loop.Publish!.Alias) is not { } alias)
        {
            var first = LoopPublish.Publish(Loop, context, context.Output<ModelOutput>(StageNames.Train).ModelId);
            return first.Status == StageStatus.GateFailed ? first with { EndsTurn = true } : first; // nothing to watch
        }
        return new StageOutcome($"{alias.Name} is version {alias.Version}, {context.Workspace.GetModel(alias.ModelId).Name} ({alias.ModelId})",
            PublishOutput.There(alias));
    }
}

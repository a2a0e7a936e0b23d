using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Puts the last model of the turn into production if it passes the gate against the champion.</summary>
sealed class PublishStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Publish, $"publishes the last model as {loop.Publish!.Alias}, behind {loop.Publish.Gate.Count} demand{(loop.Publish.Gate.Count == 1 ? "" : "s")}", [StageNames.Prove])
{
    public override TimeSpan? Estimate => TimeSpan.FromSeconds(10);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => ProveStage.TargetInputs(Loop, context, new Dictionary<string, string>
    {
        ["model"] = Last(context),
        ["publish"] = Text(Loop.Publish),
    });

    static string Last(LoopContext context) => context.Output<ProveOutput>(StageNames.Prove).Arms[^1].ModelId;

    public override StageOutcome Run(LoopContext context)
    {
        var last = Last(context);
        if (context.Workspace.Catalogue.FindAlias(Loop.Publish!.Alias) is { } alias && alias.ModelId == last)
            return new StageOutcome($"{alias.Name} is version {alias.Version} already", PublishOutput.There(alias));
        return LoopPublish.Publish(Loop, context, last) with { GoesOn = true };
    }
}

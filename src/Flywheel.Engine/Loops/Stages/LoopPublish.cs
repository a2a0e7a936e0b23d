using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Registry;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>What the two publishing stages share.</summary>
static class LoopPublish
{
    /// <summary>Holds a model against the gate and publishes it if it passes.</summary>
    public static StageOutcome Publish(LoopDefinition loop, LoopContext context, string modelId)
    {
        var options = loop.Publish!;
        var judgement = RegistryService.Judge(context.Workspace, new PublishRequest
        {
            Model = modelId,
            Alias = options.Alias,
            Gate = options.Gate,
            CannotTell = options.CannotTell,
            Dataset = options.On.Dataset,
            Split = options.On.Split,
            Seed = loop.Seed,
            Author = $"loop {loop.Name}",
            Reason = $"run {context.RunId}",
        }, context.Reporter, context.Token);
        var result = RegistryService.Publish(context.Workspace, judgement, context.Reporter, context.Token);
        var status = result.Published ? StageStatus.Done : result.Gate.Verdict == GateVerdict.CannotTell ? StageStatus.Waiting : StageStatus.GateFailed;
        return new StageOutcome(result.Summary, new PublishOutput(result.Alias, result.Published, result.Version, modelId, result.Gate.Verdict, result.Gate.Checks), status);
    }
}

/// <summary>What became of a publication, demand by demand; no demands where the model was there already.</summary>
sealed record PublishOutput(string Alias, bool Published, int? Version, string ModelId, GateVerdict Verdict, IReadOnlyList<GateCheck> Demands)
{
    /// <summary>The model stands behind the alias without having been judged now.</summary>
    public static PublishOutput There(ModelAlias alias) => new(alias.Name, true, alias.Version, alias.ModelId, GateVerdict.Pass, []);
}

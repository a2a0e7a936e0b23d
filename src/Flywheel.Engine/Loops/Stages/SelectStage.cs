using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Production;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Chooses which production images are worth a label.</summary>
sealed class SelectStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Select, $"chooses {loop.Mine!.Budget} images of {loop.Production} by {loop.Mine.Strategy.ToString().ToLowerInvariant()}", [AdaptStage.CurrentStage(loop), ProduceStage.ProductionSource(loop)])
{
    public override TimeSpan? Estimate => TimeSpan.FromSeconds(2);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["model"] = AdaptStage.Current(Loop, context),
        ["images"] = Members(context.Workspace, Loop.Production!),
        ["budget"] = Number(Loop.Mine!.Budget),
        ["strategy"] = Loop.Mine.Strategy.ToString(),
        ["seed"] = Number(Loop.Seed),
    };

    public override StageOutcome Run(LoopContext context)
    {
        var model = context.Workspace.GetModel(AdaptStage.Current(Loop, context));
        var chosen = ImageSelector.Select(context.Workspace, model, new SelectionRequest
        {
            Dataset = Loop.Production!,
            Budget = Loop.Mine!.Budget,
            Strategy = Loop.Mine.Strategy,
            Seed = Loop.Seed,
        }, context.Reporter, context.Token);
        if (chosen.Count == 0)
            throw new FlywheelException("NothingToLabel", FaultCategory.InvalidOperation, $"'{Loop.Production}' has no unlabelled image to choose.", Loop.Production, "Bring in new production images.", new SourceLocation(Loop.File));
        var random = chosen.Count(c => c.Random);
        return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{Count(chosen.Count)} chosen by {Loop.Mine.Strategy.ToString().ToLowerInvariant()}{(random > 0 && random < chosen.Count ? $", {random} of them at random" : "")}"),
            new SelectOutput([.. chosen.Select(c => new ChosenImage(c.ImageId, c.Reason, c.Random))]))
        {
            Metrics = new Dictionary<string, double> { ["images"] = chosen.Count, ["random"] = random },
        };
    }
}

/// <summary>The chosen images in order of choice.</summary>
sealed record SelectOutput(IReadOnlyList<ChosenImage> Images);

/// <summary>One of them.</summary>
sealed record ChosenImage(string ImageId, string Reason, bool Random);

using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Production;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Finds what the model probably gets wrong in production.</summary>
sealed class MineStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Mine, $"finds failures in {loop.Production}", [AdaptStage.CurrentStage(loop), ProduceStage.ProductionSource(loop)])
{
    public override TimeSpan? Estimate => TimeSpan.FromSeconds(2);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["model"] = AdaptStage.Current(Loop, context),
        ["images"] = Members(context.Workspace, Loop.Production!),
        ["failures"] = Number(Loop.Mine!.Failures),
        ["seed"] = Number(Loop.Seed),
    };

    public override bool OutputsExist(LoopContext context) => context.State.Output<MineOutput>(Name) is { } made && (made.ContactSheet is null || File.Exists(made.ContactSheet));

    public override StageOutcome Run(LoopContext context)
    {
        var model = context.Workspace.GetModel(AdaptStage.Current(Loop, context));
        var sheet = Path.Combine(context.RunFolder, "failures.png");
        var failures = FailureFinder.Find(context.Workspace, model, new FailureQuery { Dataset = Loop.Production, First = Loop.Mine!.Failures, ContactSheet = sheet, Seed = Loop.Seed }, context.Reporter, context.Token);
        var known = failures.Count(f => f.Known);
        var groups = failures.Select(f => f.Group).Where(g => g > 0).Distinct().Count();
        return new StageOutcome(string.Create(CultureInfo.InvariantCulture, $"{failures.Count:N0} failures ({known:N0} known, {failures.Count - known:N0} suspected){(groups > 1 ? $" in {groups} groups of appearance" : "")}"),
            new MineOutput(File.Exists(sheet) ? sheet : null, [.. failures.Select(f => new MinedFailure(f.Image.Id, f.Reason, f.Known, f.Group))]))
        {
            Metrics = new Dictionary<string, double> { ["failures"] = failures.Count, ["known"] = known, ["groups"] = groups },
        };
    }
}

/// <summary>The failures, worst first.</summary>
sealed record MineOutput(string? ContactSheet, IReadOnlyList<MinedFailure> Failures);

/// <summary>One of them.</summary>
sealed record MinedFailure(string ImageId, string Reason, bool Known, int Group);

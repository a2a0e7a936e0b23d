using Flywheel.Engine.Drift;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Production;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Asks whether production has drifted from what the model was tested on, and how accurate the model probably is there.</summary>
sealed class WatchStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Watch, $"watches {loop.Production}: drift and accuracy", [StageNames.Produce])
{
    public override bool AlwaysRuns => true;

    public override TimeSpan? Estimate => TimeSpan.FromSeconds(5);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>();

    public override StageOutcome Run(LoopContext context)
    {
        var model = context.Workspace.GetModel(ProduceStage.InProduction(Loop, context));
        DateTimeOffset? since = Loop.Watch!.Since is { } back ? DateTimeOffset.UtcNow - back : null;
        var findings = new List<string>();
        var metrics = new Dictionary<string, double>();
        DriftReport? drift = null;
        PerformanceEstimate? accuracy = null;
        if (Loop.Watch.Drift is { } options)
        {
            drift = DriftService.Measure(context.Workspace, model, new DriftRequest
            {
                Dataset = Loop.Production,
                Since = since,
                Budget = options.Budget,
                GroupBy = options.GroupBy,
                Seed = Loop.Seed,
            }, context.Reporter, context.Token);
            findings.Add(drift.Summary);
            metrics["drift"] = drift.Verdict == DriftVerdict.Drift ? 1 : 0;
        }
        if (Loop.Watch.HalfWidth is { } halfWidth)
        {
            accuracy = PerformanceService.Measure(context.Workspace, model, new PerformanceQuery { Dataset = Loop.Production, Since = since, HalfWidth = halfWidth, Seed = Loop.Seed }, context.Reporter, context.Token);
            findings.Add(accuracy.Summary);
            if (accuracy.Known) metrics["accuracy"] = accuracy.Value;
        }
        return new StageOutcome(string.Join(" ", findings), new WatchOutput(drift, accuracy)) { Metrics = metrics };
    }
}

/// <summary>What was measured; null where the loop leaves it out.</summary>
sealed record WatchOutput(DriftReport? Drift, PerformanceEstimate? Accuracy);

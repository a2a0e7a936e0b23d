using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>The stages of a definition, in the order of the wheel.</summary>
static class LoopStages
{
    public static IReadOnlyList<ILoopStage> Of(LoopDefinition loop)
    {
        var stages = new List<ILoopStage>();
        if (loop.Data.Any(s => s.Sample is not null)) stages.Add(new SampleStage(loop));
        foreach (var source in loop.Data)
        {
            stages.Add(source.Recorded ? new RecordedStage(loop, source) : new ImportStage(loop, source));
            if (source.Split is not null) stages.Add(new SplitStage(loop, source));
            if (source.Divide is not null) stages.Add(new DivideStage(loop, source));
        }
        stages.Add(TrainStage.Start(loop));
        stages.Add(new EvaluateStage(loop));
        if (loop.Publish is not null) stages.Add(new FirstPublishStage(loop));
        if (loop.Production is not null)
        {
            stages.Add(new ProduceStage(loop));
            if (loop.Watch is not null) stages.Add(new WatchStage(loop));
            // Where a loop publishes, it is the model in production whose failures are looked for, before another is made.
            if (loop is { Publish: not null, Mine: not null }) stages.Add(new MineStage(loop));
            if (loop.Retrain.When is not null) stages.Add(new DecideStage(loop));
            if (loop.Adapt is not null) stages.Add(new AdaptStage(loop));
            if (loop is { Publish: null, Mine: not null }) stages.Add(new MineStage(loop));
            if (loop.Mine is not null) stages.Add(new SelectStage(loop));
            if (loop.Label is not null)
            {
                stages.Add(new LabelStage(loop));
                stages.Add(new RetrainStage(loop));
            }
        }
        foreach (var control in loop.Controls)
            stages.Add(control == LoopFile.PlainControl ? TrainStage.Plain(loop) : new ControlStage(loop, control));
        stages.Add(new ProveStage(loop));
        if (loop.Publish is not null) stages.Add(new PublishStage(loop));
        stages.Add(new ReportStage(loop));
        if (loop.Prove.RequireBetter) stages.Add(new GateStage(loop));
        return stages;
    }
}

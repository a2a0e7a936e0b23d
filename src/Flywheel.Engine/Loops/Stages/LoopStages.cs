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
        // Nothing can have been recorded before the first model is out, and only production reads what was.
        var late = loop.Publish is null ? [] : loop.Data.Where(s => s.Recorded).ToArray();
        foreach (var source in loop.Data.Except(late))
        {
            stages.Add(source.Recorded ? new RecordedStage(loop, source) : new ImportStage(loop, source));
            if (loop.Label?.Start is not null && source.Name == loop.Train.Dataset) stages.Add(new FirstLabelsStage(loop, source));
            if (source.Split is not null) stages.Add(new SplitStage(loop, source));
            if (source.Divide is not null) stages.Add(new DivideStage(loop, source));
        }
        stages.Add(TrainStage.Start(loop));
        stages.Add(new EvaluateStage(loop));
        if (loop.Publish is not null) stages.Add(new FirstPublishStage(loop));
        stages.AddRange(late.Select(source => new RecordedStage(loop, source)));
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
            if (loop.LabelsProduction)
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

using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Trains the start model, or the plain control beside it.</summary>
sealed class TrainStage : LoopStage
{
    readonly string _augmentation;
    readonly string _model;

    TrainStage(LoopDefinition loop, string name, string augmentation, string model)
        : base(loop, name, $"trains on {loop.Train.Dataset} ({loop.Train.Preset.ToString().ToLowerInvariant()}, augmentation {augmentation})", [StageNames.Split(loop.Train.Dataset)])
    {
        _augmentation = augmentation;
        _model = model;
    }

    public static TrainStage Start(LoopDefinition loop) => new(loop, StageNames.Train, loop.Train.Augmentation, loop.Name + "-start");

    /// <summary>The same training without augmentation other than mirroring.</summary>
    public static TrainStage Plain(LoopDefinition loop) => new(loop, StageNames.Control(LoopFile.PlainControl), "flip", loop.Name + "-plain");

    public override TimeSpan? Estimate => LoopTraining.Estimate(Loop, 30);

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>
    {
        ["dataset"] = Version(context.Workspace, Loop.Train.Dataset),
        ["train"] = Text(Loop.Train with { Augmentation = _augmentation }),
        ["seed"] = Number(Loop.Seed),
    };

    public override bool OutputsExist(LoopContext context) => ModelExists(context, context.State.Output<ModelOutput>(Name)?.ModelId);

    public override StageOutcome Run(LoopContext context)
    {
        var model = LoopTraining.Start(context, Loop, _augmentation, _model);
        return LoopTraining.Outcome(model);
    }
}

/// <summary>The model a stage made.</summary>
sealed record ModelOutput(string ModelId);

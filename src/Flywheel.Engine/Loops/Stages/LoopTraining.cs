using System.Globalization;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;
using Flywheel.Engine.Training;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>
/// The trainings of a turn. All share dataset, preset, seed and threads, and augmentation unless the definition gives a stage its own, so that
/// they differ in one thing at a time.
/// </summary>
static class LoopTraining
{
    static TrainingRequest Request(LoopDefinition loop, string name, string? augmentation = null) => new()
    {
        Datasets = [loop.Train.Dataset],
        Preset = loop.Train.Preset,
        Seed = loop.Seed,
        Augmentation = Enum.Parse<TrainingAugmentation>(augmentation ?? loop.Train.Augmentation, true),
        PerLabel = loop.Train.PerLabel,
        Threads = loop.Train.Threads ?? 0,
        Name = name,
    };

    /// <summary>From nothing, on the source alone.</summary>
    public static Model Start(LoopContext context, LoopDefinition loop, string augmentation, string name) => TrainingService.Train(context.Workspace,
        Request(loop, name, augmentation) with { Epochs = loop.Train.Epochs }, context.Reporter, context.Token);

    /// <summary>Self-training on production, which by now may have labels that must not be used yet.</summary>
    public static Model Adapt(LoopContext context, LoopDefinition loop, Model start) => TrainingService.Train(context.Workspace,
        Request(loop, loop.Name + "-adapted", loop.Adapt!.Augmentation) with { From = start.Id, Epochs = loop.Adapt.Epochs, Unlabeled = loop.Production, Targets = [] }, context.Reporter, context.Token);

    /// <summary>Goes on from a model with labelled production images beside the source, and with the rest of production unlabelled if the loop adapts.</summary>
    /// <param name="context">The run.</param>
    /// <param name="loop">The definition.</param>
    /// <param name="from">The model to go on from.</param>
    /// <param name="labels">Label by image id; the only production labels used.</param>
    /// <param name="random">Those of them that were drawn at random.</param>
    /// <param name="name">Name of the new model.</param>
    /// <param name="adapt">False to leave the unlabelled images out though the loop adapts.</param>
    public static Model Retrain(LoopContext context, LoopDefinition loop, Model from, IReadOnlyDictionary<string, string> labels, IReadOnlyCollection<string> random, string name, bool adapt = true) => TrainingService.Train(context.Workspace,
        Request(loop, name, loop.Retrain.Augmentation) with
        {
            From = from.Id,
            Epochs = loop.Retrain.Epochs,
            Unlabeled = adapt && loop.Adapt is not null ? loop.Production : null,
            TargetLabels = labels,
            RandomSample = random,
        }, context.Reporter, context.Token);

    public static StageOutcome Outcome(Model model)
    {
        var c = CultureInfo.InvariantCulture;
        var validation = model.Validation is { } v && double.IsFinite(v.Value) ? string.Create(c, $"validation {v.Value * 100:0.0} % [{v.Low * 100:0.0}, {v.High * 100:0.0}] (n {v.N:N0})") : "no validation images";
        var adaptation = model.Adaptation is { } a ? $"; adaptation {(a.Kept ? "kept" : "not kept")}: {a.Reason}" : "";
        return new StageOutcome($"{model.Name} ({model.Id}), {model.Curve.Count} epochs, {validation}{adaptation}", new ModelOutput(model.Id))
        {
            Metrics = new Dictionary<string, double>
            {
                ["epochs"] = model.Curve.Count,
                ["validation"] = model.Validation?.Value ?? double.NaN,
                ["trainingSeconds"] = model.TrainingTime.TotalSeconds,
                ["parityError"] = model.ParityError,
            },
        };
    }

    /// <summary>
    /// A rough figure for plans made before anything ran: 2,000 small images on two cores, by preset. What a stage really took replaces it
    /// from the second run on.
    /// </summary>
    public static TimeSpan Estimate(LoopDefinition loop, int epochs)
    {
        var asked = epochs switch { 30 => loop.Train.Epochs, _ => loop.Retrain.Epochs } ?? epochs;
        var perEpoch = loop.Train.Preset switch { TrainingPreset.Fast => 0.5, TrainingPreset.Accurate => 3, _ => 1.0 };
        return TimeSpan.FromSeconds(3 + asked * perEpoch);
    }
}

using System.Globalization;
using Flywheel.Engine.Evaluations;
using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Judges every model of the turn on hold-outs nobody trained on, and pairs before with after.</summary>
sealed class ProveStage(LoopDefinition loop)
    : LoopStage(loop, StageNames.Prove, $"judges every model on {string.Join(", ", loop.Prove.On)}", [.. Rows(loop).Select(r => r.Stage), .. TargetStages(loop)])
{
    public override TimeSpan? Estimate => TimeSpan.FromSeconds(2 + 2 * Rows(Loop).Count);

    /// <summary>The stages whose models are rows of the proof, in the order of the table: from the plain control to the last model.</summary>
    public static IReadOnlyList<(string Stage, string Key)> Rows(LoopDefinition loop)
    {
        var rows = new List<(string, string)>();
        if (loop.Controls.Contains(LoopFile.PlainControl)) rows.Add((StageNames.Control(LoopFile.PlainControl), LoopFile.PlainControl));
        rows.Add((StageNames.Train, "start"));
        if (loop.Adapt is not null) rows.Add((StageNames.Adapt, "adapted"));
        if (!loop.LabelsProduction) return rows;
        rows.AddRange(loop.Controls.Where(c => c != LoopFile.PlainControl).Select(c => (StageNames.Control(c), c)));
        rows.Add((StageNames.Retrain, "final"));
        return rows;
    }

    /// <summary>The stages that make the hold-outs.</summary>
    public static IEnumerable<string> TargetStages(LoopDefinition loop) => loop.Prove.On.Select(t => ProduceStage.SourceStage(loop, t.Dataset)).Distinct();

    /// <summary>Adds the versions of the hold-outs to a stage's inputs.</summary>
    public static Dictionary<string, string> TargetInputs(LoopDefinition loop, LoopContext context, Dictionary<string, string> inputs)
    {
        foreach (var target in loop.Prove.On) inputs["on " + target] = Version(context.Workspace, target.Dataset);
        inputs["on"] = string.Join(", ", loop.Prove.On);
        return inputs;
    }

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context)
    {
        var inputs = new Dictionary<string, string>();
        foreach (var (stage, _) in Rows(Loop)) inputs["model of " + stage] = Made(context, stage).ModelId;
        return TargetInputs(Loop, context, inputs);
    }

    static (string ModelId, int Labels) Made(LoopContext context, string stage) => stage.StartsWith("control ", StringComparison.Ordinal) && context.State.Output<ControlOutput>(stage) is { } control
        ? (control.ModelId, control.Labels)
        : (context.Output<ModelOutput>(stage).ModelId, stage == StageNames.Retrain ? context.Output<LabelOutput>(StageNames.Label).Labels.Count : 0);

    public override StageOutcome Run(LoopContext context)
    {
        var start = context.Workspace.GetModel(context.Output<ModelOutput>(StageNames.Train).ModelId);
        var before = context.Output<EvaluateOutput>(StageNames.Evaluate);
        var head = Loop.Prove.On[0];
        var arms = new List<LoopArm>();
        foreach (var (stage, key) in Rows(Loop))
        {
            var (id, labels) = Made(context, stage);
            var model = context.Workspace.GetModel(id);
            var same = id == start.Id;
            arms.Add(new LoopArm
            {
                Key = key,
                Title = Title(key, model, labels),
                Labels = labels,
                ModelId = id,
                Evaluations = same && before.Evaluations.Count == Loop.Prove.On.Count ? before.Evaluations
                    : [.. Loop.Prove.On.Select(t => EvaluationService.Evaluate(context.Workspace, model, context.Workspace.GetDataset(t.Dataset), t.Split, context.Reporter, context.Token))],
                AgainstStart = key == "start" ? null : EvaluationService.Compare(context.Workspace, start, model, context.Workspace.GetDataset(head.Dataset), head.Split, context.Reporter, context.Token),
                TrainingTime = model.TrainingTime,
            });
        }
        var first = arms.First(a => a.Key == "start");
        var last = arms[^1];
        var summary = last == first
            ? $"{Percent(first.Accuracy!)} on {head} (n {first.Evaluations[0].N})"
            : string.Create(CultureInfo.InvariantCulture, $"before {Percent(first.Accuracy!)} → after {Percent(last.Accuracy!)} on {head} (n {last.Evaluations[0].N:N0}): {Word(last.AgainstStart!.Verdict)}, {100 * last.AgainstStart.Difference.Value:+0.0;−0.0;0.0} points [{100 * last.AgainstStart.Difference.Low:+0.0;−0.0;0.0}, {100 * last.AgainstStart.Difference.High:+0.0;−0.0;0.0}]");
        return new StageOutcome(summary, new ProveOutput(arms)) { Metrics = arms.ToDictionary(a => a.Key, a => a.Accuracy!.Value) };
    }

    string Title(string key, Model model, int labels) => key switch
    {
        LoopFile.PlainControl => "control: no augmentation but mirroring",
        "start" => $"start: trained on {Loop.Train.Dataset}{(Loop.Train.Augmentation == "robust" ? ", robust augmentation" : "")}",
        "adapted" => model.Adaptation is { Kept: false } ? $"adapted to {Loop.Production}, 0 labels (refused)" : $"adapted to {Loop.Production}, 0 labels",
        "final" => string.Create(CultureInfo.InvariantCulture, $"{labels:N0} labels chosen by {Loop.Mine!.Strategy.ToString().ToLowerInvariant()}{(Loop.Retrain.Augmentation is { } own && own != Loop.Train.Augmentation ? $", {own} augmentation" : "")}"),
        _ when key.StartsWith(LoopFile.LabelsOnlyControl, StringComparison.Ordinal) => string.Create(CultureInfo.InvariantCulture, $"control: {labels:N0} by {key[LoopFile.LabelsOnlyControl.Length..]}, labels only, no adaptation"),
        _ => string.Create(CultureInfo.InvariantCulture, $"control: {labels:N0} labels chosen by {key}"),
    };

    public static string Word(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Better => "better",
        ComparisonVerdict.Worse => "worse",
        _ => "cannot tell",
    };
}

/// <summary>The rows of the proof.</summary>
sealed record ProveOutput(IReadOnlyList<LoopArm> Arms);

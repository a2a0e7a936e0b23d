using Flywheel.Engine.Loops.Definition;
using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Loops.Stages;

/// <summary>Says in every run whether what <c>prove.require</c> asks is met, because the exit code depends on it.</summary>
sealed class GateStage(LoopDefinition loop) : LoopStage(loop, StageNames.Gate, "asks whether the last model is better", [StageNames.Prove])
{
    public override bool AlwaysRuns => true;

    public override IReadOnlyDictionary<string, string> Inputs(LoopContext context) => new Dictionary<string, string>();

    /// <summary>The requirement in words and whether it is met.</summary>
    public static (string Text, bool Met) Judge(LoopDefinition loop, ProveOutput proof)
    {
        var comparison = proof.Arms[^1].AgainstStart;
        var met = comparison?.Verdict == ComparisonVerdict.Better;
        return ($"'prove.require: better' on {loop.Prove.On[0]}: {(comparison is null ? "there is only one model" : ProveStage.Word(comparison.Verdict))}", met);
    }

    public override StageOutcome Run(LoopContext context)
    {
        var (text, met) = Judge(Loop, context.Output<ProveOutput>(StageNames.Prove));
        return new StageOutcome((met ? "met: " : "not met: ") + text, null, met ? StageStatus.Done : StageStatus.GateFailed);
    }
}

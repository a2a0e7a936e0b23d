using Flywheel.Engine.Loops.Running;

namespace Flywheel.Engine.Tests.Loops;

/// <summary>A stage whose inputs and deeds a test decides.</summary>
sealed class FakeStage(string name, params string[] needs) : ILoopStage
{
    public int Runs { get; private set; }
    public Dictionary<string, string> Given { get; } = [];
    public Func<LoopContext, StageOutcome>? Does { get; set; }
    public bool Exists { get; set; } = true;
    public string Name => name;
    public string What => "does " + name;
    public IReadOnlyList<string> Needs => needs;
    public bool AlwaysRuns { get; init; }
    public int ImagesToLabel { get; init; }
    public TimeSpan? Estimate => TimeSpan.FromSeconds(2);

    public IReadOnlyDictionary<string, string> Inputs(LoopContext context)
    {
        var inputs = new Dictionary<string, string>(Given);
        foreach (var need in needs) inputs[need] = context.Output<Made>(need).Value;
        return inputs;
    }

    public bool OutputsExist(LoopContext context) => Exists;

    public StageOutcome Run(LoopContext context)
    {
        Runs++;
        return Does?.Invoke(context) ?? new StageOutcome($"{name} made", new Made(string.Concat(Inputs(context).Values.Order()) + name));
    }

    public sealed record Made(string Value);
}

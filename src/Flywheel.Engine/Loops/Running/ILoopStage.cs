namespace Flywheel.Engine.Loops.Running;

/// <summary>
/// One step of a loop. A stage is skipped when what <see cref="Inputs"/> says is what it said when the stage last ran to its end.
/// </summary>
interface ILoopStage
{
    /// <summary>Unique within the loop: "import lab", "train".</summary>
    string Name { get; }

    /// <summary>What it does, in words, for the plan.</summary>
    string What { get; }

    /// <summary>Names of the earlier stages whose outputs it reads.</summary>
    IReadOnlyList<string> Needs { get; }

    /// <summary>True for cheap stages whose verdict belongs to every run.</summary>
    bool AlwaysRuns { get; }

    /// <summary>Images people would have to label, or 0.</summary>
    int ImagesToLabel { get; }

    /// <summary>Rough wall time on a machine of two cores, or null.</summary>
    TimeSpan? Estimate { get; }

    /// <summary>Everything the result depends on, by name: parts of the definition, versions of inputs, listings of files.</summary>
    IReadOnlyDictionary<string, string> Inputs(LoopContext context);

    /// <summary>Whether what the stage made the last time is still there.</summary>
    bool OutputsExist(LoopContext context);

    /// <summary>Does it. Must be safe to repeat after being killed half way.</summary>
    StageOutcome Run(LoopContext context);
}

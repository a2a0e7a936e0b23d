namespace Flywheel.Engine.Loops.Running;

/// <summary>Passes a stage's reports on, as children of the loop's own progress, and writes warnings and faults into the journal.</summary>
sealed class StageReporter(IReporter outer, LoopJournal? journal, Action<ProgressInfo> onProgress) : IReporter
{
    /// <summary>Activity id of the loop's own progress.</summary>
    public const int LoopActivity = 1000;

    /// <summary>The stage under way.</summary>
    public string Stage { get; set; } = "";

    public void Progress(ProgressInfo progress)
    {
        onProgress(progress);
        outer.Progress(progress.ParentId < 0 ? progress with { ParentId = LoopActivity } : progress);
    }

    public void Warning(string message)
    {
        journal?.Write("warning", ("stage", Stage), ("message", message));
        outer.Warning(message);
    }

    public void Information(string message) => outer.Verbose(message); // the stage's summary is the line for the log

    public void Verbose(string message) => outer.Verbose(message);

    public void Fault(FlywheelException fault)
    {
        journal?.Write("fault", ("stage", Stage), ("errorId", fault.ErrorId), ("message", fault.Message), ("location", fault.Location?.ToString()));
        outer.Fault(fault);
    }
}

using Flywheel;
using Flywheel.Engine.Loops;

// Flywheel.LoopHost <loop file>: prints a line for every stage and for every kind of activity as it begins, so that a test can choose its moment.
var reporter = new LineReporter();
try
{
    var result = LoopService.Run(new LoopRequest { Path = args[0] }, reporter, CancellationToken.None);
    return result.ExitCode;
}
catch (FlywheelException fault)
{
    Console.WriteLine($"FAULT {fault.ErrorId} {fault.Message}");
    return fault.ErrorId == "WorkspaceBusy" ? 4 : 1;
}

sealed class LineReporter : IReporter
{
    readonly HashSet<string> _seen = [];

    public void Progress(ProgressInfo progress)
    {
        // The first tenth of an activity is over: it is certainly under way, and certainly not done.
        if (progress is { Completed: false, ParentId: < 0 } or { Percent: < 10 }) return;
        lock (_seen)
            if (_seen.Add(progress.Activity)) Console.WriteLine($"ACTIVITY {progress.Activity}");
    }

    public void Warning(string message) => Console.WriteLine($"WARNING {message}");
    public void Information(string message) => Console.WriteLine($"STAGE {message}");
    public void Verbose(string message) { }
    public void Fault(FlywheelException fault) => Console.WriteLine($"FAULT {fault.ErrorId} {fault.Message}");
}

using Flywheel;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;

// Or trains far too long, and says when the first epoch is over.
if (args is ["train", var home, var dataset])
{
    using var owner = Workspace.Open(home);
    TrainingService.Train(owner, new TrainingRequest { Datasets = [dataset], Preset = TrainingPreset.Fast, Epochs = 1000, Threads = 1, Seed = 2 }, new EpochReporter(), CancellationToken.None);
    return 0;
}

// A process for tests to kill: imports a folder, and stands still at the first fault, with the batch it belongs to not yet stored.
if (args is not ["import", var root, var folder])
{
    Console.Error.WriteLine("Usage: Flywheel.Engine.TestHost import <workspace> <folder> | train <workspace> <dataset>");
    return 1;
}
using var workspace = Workspace.Open(root);
DatasetImporter.Import(workspace, new ImportRequest { Path = folder, Name = "d" }, new StandingReporter(), CancellationToken.None);
return 0;

sealed class StandingReporter : IReporter
{
    public void Progress(ProgressInfo progress) { }
    public void Warning(string message) { }
    public void Information(string message) { }
    public void Verbose(string message) { }

    public void Fault(FlywheelException fault)
    {
        Console.WriteLine(fault.ErrorId);
        Console.Out.Flush();
        Thread.Sleep(Timeout.Infinite);
    }
}

sealed class EpochReporter : IReporter
{
    public void Progress(ProgressInfo progress)
    {
        if (!progress.Status.Contains("validation", StringComparison.Ordinal)) return;
        Console.WriteLine("epoch");
        Console.Out.Flush();
    }

    public void Warning(string message) { }
    public void Information(string message) { }
    public void Verbose(string message) { }
    public void Fault(FlywheelException fault) { }
}

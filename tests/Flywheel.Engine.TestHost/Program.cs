using Flywheel;
using Flywheel.Engine.Datasets;
using Flywheel.Engine.Registry;
using Flywheel.Engine.Training;
using Flywheel.Engine.Workspaces;

// Or trains far too long, and says when the first epoch is over.
if (args is ["train", var home, var dataset])
{
    using var owner = Workspace.Open(home);
    TrainingService.Train(owner, new TrainingRequest { Datasets = [dataset], Preset = TrainingPreset.Fast, Epochs = 1000, Threads = 1, Seed = 2 }, new EpochReporter(), CancellationToken.None);
    return 0;
}

// Or judges a model, waits for a line, publishes, and stands still at the step whose message begins so.
if (args is ["publish", var registry, var model, var step])
{
    using var owner = Workspace.Open(registry);
    var judgement = RegistryService.Judge(owner, new PublishRequest { Model = model }, new StepReporter(step), CancellationToken.None);
    Console.WriteLine("judged");
    Console.In.ReadLine();
    try
    {
        Console.WriteLine(RegistryService.Publish(owner, judgement, new StepReporter(step), CancellationToken.None).Version);
    }
    catch (FlywheelException fault)
    {
        Console.WriteLine(fault.ErrorId);
    }
    return 0;
}

// A process for tests to kill: imports a folder, and stands still at the first fault, with the batch it belongs to not yet stored.
if (args is not ["import", var root, var folder])
{
    Console.Error.WriteLine("Usage: Flywheel.Engine.TestHost import <workspace> <folder> | train <workspace> <dataset> | publish <workspace> <model> <step>");
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

sealed class StepReporter(string step) : IReporter
{
    public void Progress(ProgressInfo progress) { }
    public void Warning(string message) { }
    public void Information(string message) { }
    public void Fault(FlywheelException fault) { }

    public void Verbose(string message)
    {
        if (step.Length == 0 || !message.StartsWith(step, StringComparison.Ordinal)) return;
        Console.WriteLine(message);
        Console.Out.Flush();
        Thread.Sleep(Timeout.Infinite);
    }
}

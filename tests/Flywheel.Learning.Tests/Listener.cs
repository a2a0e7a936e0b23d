namespace Flywheel.Learning.Tests;

sealed class Listener : IReporter
{
    public List<string> Informations { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<FlywheelException> Faults { get; } = [];

    public Action<ProgressInfo>? OnProgress { get; init; }

    public Action? OnInformation { get; init; }

    public void Progress(ProgressInfo progress) => OnProgress?.Invoke(progress);

    public void Warning(string message) => Warnings.Add(message);

    public void Information(string message)
    {
        Informations.Add(message);
        OnInformation?.Invoke();
    }

    public void Verbose(string message) { }

    public void Fault(FlywheelException fault)
    {
        lock (Faults) Faults.Add(fault);
    }
}

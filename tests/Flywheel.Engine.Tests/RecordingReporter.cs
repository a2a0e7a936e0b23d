using System.Collections.Concurrent;

namespace Flywheel.Engine.Tests;

/// <summary>Keeps what was reported.</summary>
sealed class RecordingReporter : IReporter
{
    public ConcurrentQueue<ProgressInfo> ProgressReports { get; } = [];
    public ConcurrentQueue<string> Warnings { get; } = [];
    public ConcurrentQueue<string> Lines { get; } = [];
    public ConcurrentQueue<FlywheelException> Faults { get; } = [];
    public IEnumerable<string> FaultIds => Faults.Select(f => f.ErrorId);

    public void Progress(ProgressInfo progress) => ProgressReports.Enqueue(progress);
    public void Warning(string message) => Warnings.Enqueue(message);
    public void Information(string message) => Lines.Enqueue(message);
    public void Verbose(string message) { }
    public void Fault(FlywheelException fault) => Faults.Enqueue(fault);
}

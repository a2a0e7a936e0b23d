using System.Collections.Concurrent;
using System.Management.Automation;

namespace Flywheel.PowerShell;

/// <summary>What engine work on a worker thread posts to the pipeline thread. Safe from any thread; blocks when the pipeline is slow.</summary>
public sealed class CommandSink : IReporter
{
    readonly BlockingCollection<Action<PSCmdlet>> _outbox;
    readonly CancellationToken _token;

    internal CommandSink(BlockingCollection<Action<PSCmdlet>> outbox, CancellationToken token)
    {
        _outbox = outbox;
        _token = token;
    }

    /// <summary>Emits an object.</summary>
    public void Write(object value) => Post(c => c.WriteObject(value));

    /// <summary>Does something of the session's on the pipeline thread.</summary>
    public void Do(Action action) => Post(_ => action());

    /// <summary>A line for whoever watches or reads the log, shown without being asked for, as Write-Host does.</summary>
    public void Say(string line) => Post(c => c.WriteInformation(new HostInformationMessage { Message = line }, ["PSHOST", "Flywheel"]));

    /// <inheritdoc/>
    public void Progress(ProgressInfo progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        Post(c => c.WriteProgress(new ProgressRecord(progress.Id, progress.Activity, progress.Status.Length == 0 ? " " : progress.Status)
        {
            PercentComplete = progress.Percent,
            SecondsRemaining = progress.Remaining is { } left ? (int)left.TotalSeconds : -1,
            ParentActivityId = progress.ParentId,
            RecordType = progress.Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        }));
    }

    /// <inheritdoc/>
    public void Warning(string message) => Post(c => c.WriteWarning(message));

    /// <inheritdoc/>
    public void Information(string message) => Post(c => c.WriteInformation(message, ["Flywheel"]));

    /// <inheritdoc/>
    public void Verbose(string message) => Post(c => c.WriteVerbose(message));

    /// <inheritdoc/>
    public void Fault(FlywheelException fault) => Post(c => c.WriteError(Errors.Record(fault)));

    void Post(Action<PSCmdlet> write)
    {
        if (_token.IsCancellationRequested) return; // nobody reads any more
        try
        {
            _outbox.Add(write, _token);
        }
        catch (OperationCanceledException)
        {
            // The pipeline stopped while the queue was full; the work ends at its next look at the token.
        }
    }
}

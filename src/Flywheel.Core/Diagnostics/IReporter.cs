namespace Flywheel;

/// <summary>
/// What long-running engine work tells its caller while it runs. Implementations are safe to call from any thread.
/// </summary>
public interface IReporter
{
    /// <summary>Reports progress of an activity.</summary>
    void Progress(ProgressInfo progress);

    /// <summary>Reports something the user should know though the work goes on.</summary>
    void Warning(string message);

    /// <summary>Reports a result worth a line in the log of an unattended run.</summary>
    void Information(string message);

    /// <summary>Reports detail that is shown only on request.</summary>
    void Verbose(string message);

    /// <summary>Reports a fault of one item; the rest of the batch goes on.</summary>
    void Fault(FlywheelException fault);
}

namespace Flywheel;

/// <summary>Discards every report.</summary>
public sealed class NullReporter : IReporter
{
    /// <summary>The one instance.</summary>
    public static NullReporter Instance { get; } = new();

    NullReporter() { }

    /// <inheritdoc/>
    public void Progress(ProgressInfo progress) { }

    /// <inheritdoc/>
    public void Warning(string message) { }

    /// <inheritdoc/>
    public void Information(string message) { }

    /// <inheritdoc/>
    public void Verbose(string message) { }

    /// <inheritdoc/>
    public void Fault(FlywheelException fault) { }
}

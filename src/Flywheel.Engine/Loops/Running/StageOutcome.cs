namespace Flywheel.Engine.Loops.Running;

/// <summary>What a stage hands back.</summary>
/// <param name="Summary">The result in a sentence, worth a line in the log of an unattended run.</param>
/// <param name="Output">A record of plain values that later stages read; it is stored as JSON.</param>
/// <param name="Status">Done, or Waiting or GateFailed to end the run there.</param>
sealed record StageOutcome(string Summary, object? Output = null, StageStatus Status = StageStatus.Done)
{
    /// <summary>True: there is nothing left to do in this turn, and the stages after it stay as they are.</summary>
    public bool EndsTurn { get; init; }

    /// <summary>True for a wait that does not hold up the stages after it, such as the report on what is waited for.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Figures for the journal.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
}

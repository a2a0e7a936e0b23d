namespace Flywheel;

/// <summary>One stage of a run.</summary>
/// <param name="Name">The stage, such as <c>import lab</c> or <c>train</c>.</param>
/// <param name="Status">What happened to it.</param>
/// <param name="Duration">Wall time; zero when it was skipped.</param>
/// <param name="Summary">The result in a sentence.</param>
/// <param name="Why">Why it ran or was skipped.</param>
public sealed record StageResult(string Name, StageStatus Status, TimeSpan Duration, string Summary, string Why)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Status}";
}

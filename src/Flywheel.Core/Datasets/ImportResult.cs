namespace Flywheel;

/// <summary>What an import did.</summary>
/// <param name="Dataset">The dataset as it stands now.</param>
/// <param name="Added">Images new to the dataset.</param>
/// <param name="AlreadyPresent">Files whose image was in it already.</param>
/// <param name="Failed">Files that could not be taken; each was reported as a fault.</param>
/// <param name="Conflicts">Files whose label differs from the one their image already has; the earlier label stays.</param>
/// <param name="Elapsed">Wall time.</param>
public sealed record ImportResult(Dataset Dataset, int Added, int AlreadyPresent, int Failed, IReadOnlyList<LabelConflict> Conflicts, TimeSpan Elapsed)
{
    /// <summary>Files looked at per second.</summary>
    public double Rate => (Added + AlreadyPresent + Failed) / Math.Max(Elapsed.TotalSeconds, 1e-6);
}

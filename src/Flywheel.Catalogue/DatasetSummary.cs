namespace Flywheel.Catalogue;

/// <summary>What is expensive to know of a dataset; kept with the change counter it belongs to.</summary>
/// <param name="VersionId">Content hash.</param>
/// <param name="Images">Members.</param>
/// <param name="Labels">Members by label.</param>
/// <param name="Splits">Members by split.</param>
sealed record DatasetSummary(string VersionId, int Images, Dictionary<string, int> Labels, Dictionary<DataSplit, int> Splits)
{
    /// <summary>Members whose boxes are known.</summary>
    public int Boxed { get; init; }

    /// <summary>Boxes by label.</summary>
    public Dictionary<string, int> Boxes { get; init; } = [];
}

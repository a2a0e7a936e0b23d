namespace Flywheel;

/// <summary>What changed between two dataset versions.</summary>
/// <param name="From">Older version id.</param>
/// <param name="To">Newer version id.</param>
/// <param name="Added">Rows only in the newer one.</param>
/// <param name="Removed">Rows only in the older one.</param>
/// <param name="Relabelled">Image id with the label before and after.</param>
/// <param name="Resplit">Image id with the split before and after.</param>
public sealed record DatasetDifference(
    string From,
    string To,
    IReadOnlyList<DatasetVersionEntry> Added,
    IReadOnlyList<DatasetVersionEntry> Removed,
    IReadOnlyList<(string ImageId, string? Before, string? After)> Relabelled,
    IReadOnlyList<(string ImageId, DataSplit Before, DataSplit After)> Resplit);

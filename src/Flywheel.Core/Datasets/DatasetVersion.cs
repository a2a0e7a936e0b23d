namespace Flywheel;

/// <summary>An immutable snapshot of a dataset.</summary>
/// <param name="Id">Content hash, as <see cref="Dataset.VersionId"/>.</param>
/// <param name="Dataset">Name of the dataset it was taken from.</param>
/// <param name="Images">Number of rows.</param>
/// <param name="Created">When it was first taken, UTC.</param>
public sealed record DatasetVersion(string Id, string Dataset, int Images, DateTimeOffset Created);

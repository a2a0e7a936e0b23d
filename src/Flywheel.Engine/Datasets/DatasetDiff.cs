using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Datasets;

/// <summary>Compares dataset versions.</summary>
public static class DatasetDiff
{
    /// <summary>What changed from one version to another. Both lists are sorted by image id, so one pass tells.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="from">Version id, unambiguous prefix of at least four digits, dataset name (as it stands now), or <c>name@version</c>.</param>
    /// <param name="to">Likewise.</param>
    /// <exception cref="FlywheelException"><c>VersionNotFound</c>, <c>AmbiguousVersion</c>.</exception>
    public static DatasetDifference Compare(Workspace workspace, string from, string to)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var (fromId, before) = Rows(workspace, from);
        var (toId, after) = Rows(workspace, to);
        List<DatasetVersionEntry> added = [], removed = [];
        List<(string, string?, string?)> relabelled = [];
        List<(string, DataSplit, DataSplit)> resplit = [];
        int i = 0, j = 0;
        while (i < before.Count || j < after.Count)
        {
            var order = i == before.Count ? 1 : j == after.Count ? -1 : string.CompareOrdinal(before[i].ImageId, after[j].ImageId);
            if (order < 0) removed.Add(before[i++]);
            else if (order > 0) added.Add(after[j++]);
            else
            {
                if (before[i].Label != after[j].Label) relabelled.Add((before[i].ImageId, before[i].Label, after[j].Label));
                if (before[i].Split != after[j].Split) resplit.Add((before[i].ImageId, before[i].Split, after[j].Split));
                i++;
                j++;
            }
        }
        return new DatasetDifference(fromId, toId, added, removed, relabelled, resplit);
    }

    static (string Id, IReadOnlyList<DatasetVersionEntry> Rows) Rows(Workspace workspace, string version)
    {
        ArgumentException.ThrowIfNullOrEmpty(version);
        if (workspace.Catalogue.FindDataset(version) is { } dataset)
        {
            var snapshot = workspace.Catalogue.Snapshot(dataset.Name);
            return (snapshot.Id, workspace.Catalogue.VersionEntries(snapshot.Id)!);
        }
        var id = version[(version.LastIndexOf('@') + 1)..];
        var rows = workspace.Catalogue.VersionEntries(id)
            ?? throw new FlywheelException("VersionNotFound", FaultCategory.NotFound, $"No dataset version '{version}' in the workspace '{workspace.Root}'.", version, "List the versions with Get-FlywheelDatasetVersion.");
        var full = workspace.Catalogue.Datasets().SelectMany(d => workspace.Catalogue.Versions(d.Name)).FirstOrDefault(v => v.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))?.Id ?? id;
        return (full, rows);
    }
}

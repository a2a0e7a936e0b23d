using Flywheel.Engine.Workspaces;

namespace Flywheel.Engine.Quality;

/// <summary>Which dataset a check without a name is about.</summary>
public static class QualityDataset
{
    /// <summary>The named dataset, or the workspace's only one.</summary>
    /// <exception cref="FlywheelException"><c>DatasetMissing</c>: there is not exactly one; <c>DatasetNotFound</c>.</exception>
    public static string NameOf(Workspace workspace, string? name)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (name is not null) return workspace.GetDataset(name).Name;
        var all = workspace.Catalogue.Datasets();
        return all.Count == 1 ? all[0].Name : throw new FlywheelException("DatasetMissing", FaultCategory.InvalidArgument,
            all.Count == 0 ? $"The workspace '{workspace.Root}' has no dataset." : $"The workspace '{workspace.Root}' has {all.Count} datasets; which one is meant?", workspace.Root,
            all.Count == 0 ? "Bring one in with Import-FlywheelDataset." : $"Name one with -Dataset: {string.Join(", ", all.Select(d => d.Name))}.");
    }
}

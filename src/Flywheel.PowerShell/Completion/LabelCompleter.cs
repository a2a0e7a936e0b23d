namespace Flywheel.PowerShell;

/// <summary>Completes the labels models answer with and images have.</summary>
public sealed class LabelCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.Models().SelectMany(m => m.Labels).Concat(workspace.Catalogue.Datasets().SelectMany(d => d.Labels)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(l => (l, l));
}

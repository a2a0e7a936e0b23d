namespace Flywheel.PowerShell;

/// <summary>Completes aliases of the registry.</summary>
public sealed class AliasNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.Aliases().Select(a => (a.Name, $"version {a.Version}"));
}

namespace Flywheel.PowerShell;

/// <summary>Completes names of queues, the newest first.</summary>
public sealed class QueueNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.Queues().Reverse().Select(q => (q.Name, $"{q.Kind}, {q.Images} images, {q.Open} open"));
}

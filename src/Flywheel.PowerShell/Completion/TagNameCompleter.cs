namespace Flywheel.PowerShell;

/// <summary>Completes the names of tags, out of the images first imported.</summary>
public sealed class TagNameCompleter : NameCompleter
{
    const int Sampled = 500;

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.Images(new ImageQuery { First = Sampled }).SelectMany(i => i.Tags).GroupBy(t => t.Key, t => t.Value, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (g.Key, string.Join(", ", g.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(5))));
}

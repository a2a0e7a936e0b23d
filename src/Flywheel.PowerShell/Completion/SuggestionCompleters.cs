namespace Flywheel.PowerShell;

/// <summary>Completes reasons of suggestions that are open.</summary>
public sealed class SuggestionReasonCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.Suggestions(new SuggestionQuery()).GroupBy(s => s.Reason).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, $"{g.Count(s => s.Status == SuggestionStatus.Open)} open of {g.Count()}"));
}

/// <summary>Completes ids of open suggestions, best score first.</summary>
public sealed class SuggestionIdCompleter : NameCompleter
{
    const int Most = 100;

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.Suggestions(new SuggestionQuery { Status = [SuggestionStatus.Open], First = Most }).Select(s => (s.Id, s.Text.Length > 0 ? s.Text : s.ToString()));
}

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Flywheel.PowerShell;

/// <summary>Completes names out of the workspace. Silent when there is none; gives up after half a second.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <summary>Names and the tooltip of each.</summary>
    protected abstract IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        var named = fakeBoundParameters?["Workspace"] as string;
        // The location belongs to the runspace of this thread: read it before leaving.
        string folder;
        try
        {
            using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
            folder = shell.AddScript("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath").Invoke<string>().FirstOrDefault() ?? Environment.CurrentDirectory;
        }
        catch (InvalidOperationException)
        {
            folder = Environment.CurrentDirectory;
        }
        var search = Task.Run(() =>
        {
            using var workspace = Engine.Workspaces.Workspace.Resolve(named is null ? null : Path.GetFullPath(named, folder), folder);
            return Names(workspace).Where(n => n.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).ToList();
        });
        try
        {
            if (!search.Wait(TimeSpan.FromMilliseconds(500))) return [];
        }
        catch (AggregateException)
        {
            return []; // a completer never disturbs typing
        }
        return search.Result.Select(n => new CompletionResult(Text(n.Name), n.Name, CompletionResultType.ParameterValue, n.ToolTip));
    }

    /// <summary>What stands on the command line for a name.</summary>
    protected virtual string Text(string name) => Quote(name);

    /// <summary>A word of the command line, in quotes where it needs them.</summary>
    protected static string Quote(string name) =>
        name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.') ? name : "'" + CodeGeneration.EscapeSingleQuotedStringContent(name) + "'";
}

/// <summary>Completes dataset names.</summary>
public sealed class DatasetNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.Datasets().Select(d => (d.Name, $"{d.Images} images, {d.Labelled} labelled"));
}

/// <summary>Completes what a model may be called by: aliases, names, versions.</summary>
public sealed class ModelNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.Aliases().Select(a => (a.Name, $"version {a.Version}"))
            .Concat(workspace.Catalogue.Models().Select(m => (m.Name, $"{m.Architecture}, trained on {m.Dataset}")).DistinctBy(m => m.Name))
            .Concat(workspace.Catalogue.ModelVersions().Select(v => ($"v{v.Number}", $"{v.Name}, published by {v.Author}")));
}

/// <summary>Completes aliases; production is offered before it exists.</summary>
public sealed class AliasNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.Aliases().Select(a => (a.Name, $"version {a.Version}")).Append(("production", "nothing is published yet")).DistinctBy(a => a.Item1, StringComparer.OrdinalIgnoreCase);
}

/// <summary>Completes version numbers.</summary>
public sealed class VersionNumberCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.ModelVersions().Select(v => (v.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{v.Name}, published by {v.Author}"));
}

/// <summary>Completes names of queues.</summary>
public sealed class QueueNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string ToolTip)> Names(Engine.Workspaces.Workspace workspace) =>
        workspace.Catalogue.Queues().Select(q => (q.Name, $"{q.Open} of {q.Images} images wait"));
}

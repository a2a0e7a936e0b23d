using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists the datasets of the workspace with their images, labels and splits.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelDataset</code>
///   <para>All datasets.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelDataset mrl* | Split-FlywheelDataset -GroupBy subject</code>
///   <para>Splits every dataset whose name starts with 'mrl'.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelDataset")]
[OutputType(typeof(Dataset))]
public sealed class GetFlywheelDatasetCommand : FlywheelCommand
{
    /// <summary>Name, with wildcards. A name without wildcards that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name ?? ["*"])
        {
            RunInWorkspace((workspace, sink, _) =>
            {
                if (!WildcardPattern.ContainsWildcardCharacters(name))
                {
                    sink.Write(workspace.GetDataset(name));
                    return;
                }
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                foreach (var dataset in workspace.Catalogue.Datasets())
                    if (pattern.IsMatch(dataset.Name)) sink.Write(dataset);
            });
        }
    }
}

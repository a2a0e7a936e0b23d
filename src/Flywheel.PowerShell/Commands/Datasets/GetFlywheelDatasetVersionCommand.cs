using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists the recorded versions of a dataset, oldest first.</para>
/// <para>A version is recorded by an import, a split and a training. Its id is a hash of the images, labels and splits, so equal
/// content has an equal id in every workspace.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelDatasetVersion mrl</code>
///   <para>All versions of 'mrl'.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelDatasetVersion")]
[OutputType(typeof(DatasetVersion))]
public sealed class GetFlywheelDatasetVersionCommand : FlywheelCommand
{
    /// <summary>The dataset: object or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference Dataset { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, _) =>
    {
        foreach (var version in workspace.Catalogue.Versions(workspace.GetDataset(Dataset.Name).Name)) sink.Write(version);
    }, Dataset.Workspace);
}

using System.Management.Automation;
using Flywheel.Engine.Datasets;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Tells what changed between two dataset versions: images added and removed, labels and splits changed.</para>
/// </summary>
/// <example>
///   <code>Compare-FlywheelDataset 3f2a9c11d0b4 mrl</code>
///   <para>From a recorded version to the dataset as it stands now.</para>
/// </example>
/// <example>
///   <code>$v = Get-FlywheelDatasetVersion mrl; (Compare-FlywheelDataset $v[0].Id $v[-1].Id).Relabelled</code>
///   <para>Which labels changed since the first version.</para>
/// </example>
[Cmdlet(VerbsData.Compare, "FlywheelDataset")]
[OutputType(typeof(DatasetDifference))]
public sealed class CompareFlywheelDatasetCommand : FlywheelCommand
{
    /// <summary>The older one: version id or its first digits, name@version, or a dataset's name for its present state.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string From { get; set; } = "";

    /// <summary>The newer one, likewise.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string To { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, _) => sink.Write(DatasetDiff.Compare(workspace, From, To)));
}

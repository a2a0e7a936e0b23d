using System.Management.Automation;
using Flywheel.Engine.Labelling;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists the runs of automatic labelling, oldest first, with how precise the labels turned out.</para>
/// <para>Each run drew some of its labels at random into a queue. What people have said of these since, in the queue or elsewhere, is held against what
/// the machine said.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelAutoLabel inbox</code>
///   <para>What was promised, and what the audit has shown so far.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelAutoLabel")]
[OutputType(typeof(AutoLabelResult))]
public sealed class GetFlywheelAutoLabelCommand : FlywheelCommand
{
    /// <summary>Only of this dataset: object or name.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, _) =>
    {
        foreach (var result in AutoLabelService.Results(workspace, Dataset is null ? null : workspace.GetDataset(Dataset.Name).Name)) sink.Write(result);
    }, Dataset?.Workspace);
}

using System.Management.Automation;
using Flywheel.Engine.Registry;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Removes a model with its files and its version, or takes an alias away.</para>
/// <para>A model an alias points to is refused. One that others continued from may go: they are complete without it. Predictions, reports and the
/// history of aliases stay. Taking an alias away gives its last entry in the history.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelModel eyes-fast-* | Remove-FlywheelModel</code>
///   <para>Removes the models whose name begins so; those an alias points to are errors.</para>
/// </example>
/// <example>
///   <code>Remove-FlywheelModel -Alias challenger -Reason 'the trial is over'</code>
///   <para>Takes the alias away; its version stays.</para>
/// </example>
[Cmdlet(VerbsCommon.Remove, "FlywheelModel", SupportsShouldProcess = true, DefaultParameterSetName = "Model")]
[OutputType(typeof(AliasMove), ParameterSetName = ["Alias"])]
public sealed class RemoveFlywheelModelCommand : FlywheelCommand
{
    /// <summary>The model: object, name, id or version (v3).</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Model")]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference Model { get; set; } = null!;

    /// <summary>The alias to take away.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Alias")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AliasNameCompleter))]
    public string Alias { get; set; } = "";

    /// <summary>Why, for the history of the alias.</summary>
    [Parameter(ParameterSetName = "Alias")]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Alias")
        {
            if (ShouldProcess(Alias, "Take the alias away")) RunInWorkspace((workspace, sink, _) => sink.Write(RegistryService.RemoveAlias(workspace, Alias, Reason)));
            return;
        }
        if (!ShouldProcess(Model.ToString(), "Remove the model, its files and its version")) return;
        RunInWorkspace((workspace, sink, _) =>
        {
            try
            {
                RegistryService.RemoveModel(workspace, Model.Key);
            }
            catch (FlywheelException fault)
            {
                sink.Fault(fault); // the next one from the pipeline may go
            }
        }, Model.Workspace);
    }
}

using System.Management.Automation;
using Flywheel.Engine.Registry;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Rolls an alias back to the version it pointed to before, or to a version of your choice.</para>
/// <para>The version's files are checked first. What is in use until then becomes previous, so that a second call goes forward again.</para>
/// </summary>
/// <example>
///   <code>Restore-FlywheelModel -Reason 'too many false alarms since this morning'</code>
///   <para>Puts production back to the model it was before.</para>
/// </example>
/// <example>
///   <code>Restore-FlywheelModel production -Version 3</code>
///   <para>Puts production to version 3.</para>
/// </example>
[Cmdlet(VerbsData.Restore, "FlywheelModel", SupportsShouldProcess = true)]
[OutputType(typeof(AliasMove))]
public sealed class RestoreFlywheelModelCommand : FlywheelCommand
{
    /// <summary>The alias.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AliasNameCompleter))]
    public string Alias { get; set; } = "production";

    /// <summary>The version to put it to, 3 or v3; by default the one it pointed to before.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(VersionNumberCompleter))]
    public VersionReference? Version { get; set; }

    /// <summary>Why, for the history.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        AliasMove? plan = null;
        RunInWorkspace((workspace, _, _) => plan = RegistryService.PlanRestore(workspace, Alias, Version?.Number));
        if (plan!.From == plan.To)
        {
            WriteWarning($"'{Alias}' points to v{plan.To} already.");
            return;
        }
        if (!ShouldProcess($"'{Alias}' from v{plan.From} to v{plan.To}", "Restore")) return;
        RunInWorkspace((workspace, sink, _) => sink.Write(RegistryService.Restore(workspace, Alias, plan.To, Reason)));
    }
}

using System.Management.Automation;
using Flywheel.Engine.Studio;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Stops studios. Pages that are open say that they are not connected, keep what is done in them, and send it when a studio is there again.</para>
/// <para>One that does not end in time is killed; whatever it acknowledged is in the catalogue all the same.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelStudio | Stop-FlywheelStudio</code>
///   <para>Stops all studios of the workspace.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "FlywheelStudio", SupportsShouldProcess = true)]
[OutputType(typeof(FlywheelStudio))]
public sealed class StopFlywheelStudioCommand : FlywheelCommand
{
    /// <summary>The studio, from Start-FlywheelStudio or Get-FlywheelStudio.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Studio")]
    [ValidateNotNull]
    public FlywheelStudio Studio { get; set; } = null!;

    /// <summary>The studio's process.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ProcessId")]
    public int ProcessId { get; set; }

    /// <summary>Seconds after which it is killed.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int Timeout { get; set; } = 20;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var id = Studio?.ProcessId ?? ProcessId;
        if (!ShouldProcess(Studio?.Url ?? $"process {id}", "Stop the studio")) return;
        RunInWorkspace((workspace, sink, token) =>
        {
            var studio = StudioFiles.Find(workspace, id) ?? Studio ?? throw new FlywheelException("StudioNotFound", FaultCategory.NotFound, $"No studio of this workspace has the process {id}.", id, "List them with Get-FlywheelStudio.");
            sink.Write(StudioService.Stop(workspace, studio, TimeSpan.FromSeconds(Timeout), sink, token));
        }, Studio?.Workspace is { Length: > 0 } root ? root : null);
    }
}

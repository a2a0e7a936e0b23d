using System.Management.Automation;
using Flywheel.Engine.Studio;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Stops studios. Pages that are open say that they are not connected, keep what is done in them, and send it when a studio is there again.</para>
/// <para>One that does not end in time is killed; whatever it acknowledged is in the catalogue all the same.</para>
/// </summary>
/// <example>
///   <code>Stop-FlywheelStudio</code>
///   <para>Stops the studios of the workspace.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelStudio | Where-Object Port -EQ 7374 | Stop-FlywheelStudio</code>
///   <para>Stops one of them.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "FlywheelStudio", SupportsShouldProcess = true, DefaultParameterSetName = "All")]
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
        if (ParameterSetName == "All")
        {
            IReadOnlyList<FlywheelStudio> running = [];
            RunInWorkspace((workspace, _, _) => running = [.. StudioService.List(workspace).Where(s => s.Status is StudioStatus.Ready or StudioStatus.Silent)]);
            if (running.Count == 0) WriteWarning("No studio of this workspace runs.");
            foreach (var studio in running) Stop(studio, studio.ProcessId);
        }
        else Stop(Studio, Studio?.ProcessId ?? ProcessId);
    }

    void Stop(FlywheelStudio? known, int id)
    {
        if (!ShouldProcess(known?.Url ?? $"process {id}", "Stop the studio")) return;
        RunInWorkspace((workspace, sink, token) =>
        {
            var studio = StudioFiles.Find(workspace, id) ?? known ?? throw new FlywheelException("StudioNotFound", FaultCategory.NotFound, $"No studio of this workspace has the process {id}.", id, "List them with Get-FlywheelStudio.");
            sink.Write(StudioService.Stop(workspace, studio, TimeSpan.FromSeconds(Timeout), sink, token));
        }, known?.Workspace is { Length: > 0 } root ? root : null);
    }
}

using System.Management.Automation;
using Flywheel.Engine.Endpoints;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Stops endpoints. Requests in work are answered first.</para>
/// <para>One that does not end in time is killed; whatever it acknowledged is in the catalogue all the same.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelEndpoint | Stop-FlywheelEndpoint</code>
///   <para>Stops all endpoints of the workspace.</para>
/// </example>
/// <example>
///   <code>Stop-FlywheelEndpoint -ProcessId 4711 -Timeout 60</code>
///   <para>Stops one, and gives it a minute.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "FlywheelEndpoint", SupportsShouldProcess = true)]
[OutputType(typeof(FlywheelEndpoint))]
public sealed class StopFlywheelEndpointCommand : FlywheelCommand
{
    /// <summary>The endpoint, from Start-FlywheelEndpoint or Get-FlywheelEndpoint.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Endpoint")]
    [ValidateNotNull]
    public FlywheelEndpoint Endpoint { get; set; } = null!;

    /// <summary>The endpoint's process.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ProcessId")]
    public int ProcessId { get; set; }

    /// <summary>Seconds after which it is killed.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int Timeout { get; set; } = 40;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var id = Endpoint?.ProcessId ?? ProcessId;
        if (!ShouldProcess(Endpoint?.Url ?? $"process {id}", "Stop the endpoint")) return;
        RunInWorkspace((workspace, sink, token) =>
        {
            var endpoint = EndpointFiles.Find(workspace, id) ?? Endpoint ?? throw new FlywheelException("EndpointNotFound", FaultCategory.NotFound, $"No endpoint of this workspace has the process {id}.", id, "List them with Get-FlywheelEndpoint.");
            sink.Write(EndpointService.Stop(workspace, endpoint, TimeSpan.FromSeconds(Timeout), sink, token));
        }, Endpoint?.Workspace is { Length: > 0 } root ? root : null);
    }
}

using System.Management.Automation;
using Flywheel.Engine.Endpoints;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Takes a key away; endpoints that run refuse it within a second.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelEndpointKey | Where-Object Name -eq 'line 3' | Remove-FlywheelEndpointKey</code>
///   <para>Takes away the key of a caller that is no more.</para>
/// </example>
[Cmdlet(VerbsCommon.Remove, "FlywheelEndpointKey", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EndpointKey))]
public sealed class RemoveFlywheelEndpointKeyCommand : FlywheelCommand
{
    /// <summary>The key's id.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Id { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Id, "Remove the endpoint key")) return;
        RunInWorkspace((workspace, sink, _) => sink.Write(EndpointKeys.Remove(workspace, Id)));
    }
}

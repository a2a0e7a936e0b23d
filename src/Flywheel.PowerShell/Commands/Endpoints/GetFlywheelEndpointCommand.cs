using System.Management.Automation;
using Flywheel.Engine.Endpoints;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists the workspace's endpoints, and asks each how it is.</para>
/// <para>One whose process ended without being asked to is listed once more, as ended.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelEndpoint</code>
///   <para>Where they listen, which model answers, and whether the version the alias points to was refused.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelEndpoint")]
[OutputType(typeof(FlywheelEndpoint))]
public sealed class GetFlywheelEndpointCommand : FlywheelCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, _) =>
    {
        foreach (var endpoint in EndpointService.List(workspace)) sink.Write(endpoint);
    });
}

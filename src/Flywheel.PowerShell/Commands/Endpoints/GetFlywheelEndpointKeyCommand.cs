using System.Management.Automation;
using Flywheel.Engine.Endpoints;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists the keys to the workspace's endpoints: for whom and what each is, not what opens.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelEndpointKey</code>
///   <para>All keys, oldest first.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelEndpointKey")]
[OutputType(typeof(EndpointKey))]
public sealed class GetFlywheelEndpointKeyCommand : FlywheelCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, _) =>
    {
        foreach (var key in EndpointKeys.Load(workspace).All) sink.Write(key);
    });
}

using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Shows the workspace: where it is and what it holds.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelWorkspace</code>
///   <para>The nearest workspace at or above the current folder.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelWorkspace")]
[OutputType(typeof(WorkspaceInfo))]
public sealed class GetFlywheelWorkspaceCommand : FlywheelCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, _) => sink.Write(workspace.Describe()));
}

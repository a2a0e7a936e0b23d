using System.Management.Automation;
using Flywheel.Engine.Studio;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists the workspace's studios, and asks each whether it answers.</para>
/// <para>One whose process ended without being asked to is listed once more, as ended.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelStudio</code>
///   <para>Where they listen, and the page to open.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelStudio")]
[OutputType(typeof(FlywheelStudio))]
public sealed class GetFlywheelStudioCommand : FlywheelCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, _) =>
    {
        foreach (var studio in StudioService.List(workspace)) sink.Write(studio);
    });
}

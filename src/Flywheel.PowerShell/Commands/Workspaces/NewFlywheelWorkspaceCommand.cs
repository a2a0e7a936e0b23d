using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Makes a workspace: a folder with a catalogue for images, annotations, models and predictions.</para>
/// <para>A workspace that exists already is left as it is. Other cmdlets find the nearest workspace at or above the current
/// folder, as git finds a repository.</para>
/// </summary>
/// <example>
///   <code>New-FlywheelWorkspace ./eyes; Set-Location ./eyes</code>
///   <para>Makes the workspace and goes there, so that the next cmdlets find it.</para>
/// </example>
[Cmdlet(VerbsCommon.New, "FlywheelWorkspace", SupportsShouldProcess = true)]
[OutputType(typeof(WorkspaceInfo))]
public sealed class NewFlywheelWorkspaceCommand : FlywheelCommand
{
    /// <summary>The folder; the current one by default. It is made if it does not exist.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var root = ResolvePath(Path);
        if (!ShouldProcess(root, "Make a Flywheel workspace")) return;
        RunEngine((sink, _) =>
        {
            using var workspace = Engine.Workspaces.Workspace.Create(root);
            sink.Write(workspace.Describe());
        });
    }
}

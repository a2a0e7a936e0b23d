using System.Management.Automation;
using Flywheel.Engine.Production;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Hands images to people for labelling: a folder with copies and a manifest whose column label waits to be filled in.</para>
/// <para>Takes slices, failures, selected images, predictions, images or ids; all of one pipeline make one task, each image once. Images that
/// have a label are left out unless -IncludeLabelled. What the model believes is not written down: it would sway the people. Fill in the
/// column (a hyphen stands for none of the labels) and take it back with Set-FlywheelAnnotation -FromManifest.</para>
/// </summary>
/// <example>
///   <code>Find-FlywheelSlice eyes-2 | Send-FlywheelAnnotation -Path ./to-label -First 80</code>
///   <para>The first eighty unlabelled images of the confirmed slices.</para>
/// </example>
/// <example>
///   <code>Select-FlywheelImage cew -Model eyes-2 -Budget 80 | Send-FlywheelAnnotation -Path ./to-label -WhatIf</code>
///   <para>Says how many images there would be to label.</para>
/// </example>
[Cmdlet(VerbsCommunications.Send, "FlywheelAnnotation", SupportsShouldProcess = true)]
[OutputType(typeof(LabellingTask))]
public sealed class SendFlywheelAnnotationCommand : FlywheelCommand
{
    readonly List<string> _ids = [];

    /// <summary>Slices, failures, selected images, predictions, images or ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public LabellingTarget[] InputObject { get; set; } = [];

    /// <summary>Folder of the task; made if it does not exist.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>At most this many images: what the labelling may cost.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <summary>Have labelled images looked at again.</summary>
    [Parameter]
    public SwitchParameter IncludeLabelled { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _ids.AddRange(InputObject.SelectMany(i => i.ImageIds));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ids.Count == 0) return;
        var folder = ResolvePath(Path);
        var count = 0;
        RunInWorkspace((workspace, _, _) => count = LabellingTasks.Plan(workspace, _ids, IncludeLabelled, First).Images.Count);
        if (!ShouldProcess(folder, $"Send {count} {(count == 1 ? "image" : "images")} to be labelled")) return;
        RunInWorkspace((workspace, sink, token) => sink.Write(LabellingTasks.Send(workspace, _ids, folder, IncludeLabelled, First, sink, token)));
    }
}

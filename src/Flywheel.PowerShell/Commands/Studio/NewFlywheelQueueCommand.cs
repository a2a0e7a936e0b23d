using System.Management.Automation;
using Flywheel.Engine.Studio;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Makes a queue: images for people to label or to draw boxes in, in the studio.</para>
/// <para>Takes images, slices, failures, selected images, predictions or ids, in the order they shall come, or a whole dataset; all of one
/// pipeline make one queue, each image once. Images that have a label (or boxes) are left out unless -IncludeLabelled. Start-FlywheelStudio
/// shows the page; two people at one queue never get the same image, unless -Votes asks for several answers to each.</para>
/// </summary>
/// <example>
///   <code>Select-FlywheelImage cew -Model eyes-2 -Budget 80 | New-FlywheelQueue 'night shift' -Labels closed, open</code>
///   <para>Eighty images that are worth their labels.</para>
/// </example>
/// <example>
///   <code>New-FlywheelQueue eyes -Dataset field -Boxes -Labels eye, pupil -Votes 2</code>
///   <para>Boxes in all images of a dataset, each by two people who do not see each other's answer.</para>
/// </example>
[Cmdlet(VerbsCommon.New, "FlywheelQueue", SupportsShouldProcess = true)]
[OutputType(typeof(LabelQueue))]
public sealed class NewFlywheelQueueCommand : FlywheelCommand
{
    readonly List<string> _ids = [];

    /// <summary>Its name; without one it is called after the dataset, or gets a number.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 100)]
    public string? Name { get; set; }

    /// <summary>Images, slices, failures, selected images, predictions or ids.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public LabellingTarget[] InputObject { get; set; } = [];

    /// <summary>A dataset, all of whose images it holds.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Labels to choose from; the first nine have the keys 1 to 9. Without them, those the dataset or the workspace knows.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Labels { get; set; }

    /// <summary>Ask for boxes instead of a label.</summary>
    [Parameter]
    public SwitchParameter Boxes { get; set; }

    /// <summary>How many people answer each image; from two on nobody sees suggestions or what others say.</summary>
    [Parameter]
    [ValidateRange(1, 20)]
    public int Votes { get; set; } = 1;

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
        if (_ids.Count == 0 && Dataset is null) return;
        var request = new LabelQueueRequest { Name = Name, ImageIds = _ids, Dataset = Dataset?.Name, Labels = Labels, Boxes = Boxes, Votes = Votes, IncludeLabelled = IncludeLabelled, First = First };
        var count = 0;
        RunInWorkspace((workspace, _, _) => count = LabelQueues.Plan(workspace, request).Images.Count, Dataset?.Workspace);
        if (!ShouldProcess(Name ?? Dataset?.Name ?? "queue", $"Make a queue of {count} {(count == 1 ? "image" : "images")}")) return;
        RunInWorkspace((workspace, sink, _) => sink.Write(LabelQueues.Create(workspace, request, sink)), Dataset?.Workspace);
    }
}

using System.Management.Automation;
using System.Security;
using Flywheel.Engine.Annotations;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Hands images to people for labelling: in a folder, in the studio, or in Label Studio, CVAT or a tool that reads COCO.</para>
/// <para>Takes slices, failures, selected images, predictions, images or ids; all of one pipeline make one task, each image once. Images that
/// have a label (or boxes, where boxes are asked for) are left out unless -IncludeLabelled. Unless -PreAnnotate or -Model is given, what
/// is believed is not written down: it would sway the people. A queue in the catalogue remembers what was sent under which key, so that
/// Receive-FlywheelAnnotation can tell new, changed, deleted and untouched answers apart.</para>
/// <para>Folder: labels in a manifest, a hyphen for none of them; boxes as Pascal VOC files for LabelImg. Label Studio: tasks.json to import
/// and labels.xml for the project's labelling interface; the pictures are local files below its document root unless -ImagePrefix or -Embed;
/// with -Url a project is made on the server. Cvat: make a task with labels.json (Raw) and the folder images, then upload annotations.xml as
/// CVAT 1.1. Coco: instances.json. Studio: a queue for Start-FlywheelStudio, without files.</para>
/// </summary>
/// <example>
///   <code>Find-FlywheelSlice eyes-2 | Send-FlywheelAnnotation -Path ./to-label -First 80</code>
///   <para>The first eighty unlabelled images of the confirmed slices, in a folder with a manifest.</para>
/// </example>
/// <example>
///   <code>Select-FlywheelImage cew -Model eyes-2 -Budget 80 | Send-FlywheelAnnotation -Path ./to-label -WhatIf</code>
///   <para>Says how many images there would be to label.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelImage cells | Send-FlywheelAnnotation -To Cvat -Path ./cells-task -Part Boxes -PreAnnotate</code>
///   <para>All images with the boxes the catalogue has, to be corrected in CVAT.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelImage field | Send-FlywheelAnnotation -To LabelStudio -Url http://localhost:8080 -Model eyes-2</code>
///   <para>A project on a server of Label Studio, with the model's predictions to confirm. The token is in LABEL_STUDIO_API_KEY.</para>
/// </example>
/// <example>
///   <code>Select-FlywheelImage field -Model eyes-2 -Budget 200 | Send-FlywheelAnnotation -To Studio -Name first-200</code>
///   <para>A queue for the studio in the browser.</para>
/// </example>
[Cmdlet(VerbsCommunications.Send, "FlywheelAnnotation", SupportsShouldProcess = true)]
[OutputType(typeof(LabellingTask))]
public sealed class SendFlywheelAnnotationCommand : FlywheelCommand
{
    readonly List<string> _ids = [];

    /// <summary>Slices, failures, selected images, predictions, images or ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public LabellingTarget[] InputObject { get; set; } = [];

    /// <summary>Folder of the task; made if it does not exist. Not for the studio, nor with -Url.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Where people label.</summary>
    [Parameter]
    public LabellingTool To { get; set; }

    /// <summary>Name of the queue that remembers what was sent; made from the folder's name by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>What people say: Label or Boxes. By default boxes if the images have boxes and no labels, else labels.</summary>
    [Parameter]
    [ValidateSet("Label", "Boxes")]
    public string? Part { get; set; }

    /// <summary>Labels to choose from; those of all datasets and models by default.</summary>
    [Parameter]
    [Alias("Labels")]
    [ArgumentCompleter(typeof(LabelCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Label { get; set; } = [];

    /// <summary>At most this many images: what the labelling may cost.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <summary>Have labelled images looked at again, without showing their labels.</summary>
    [Parameter]
    public SwitchParameter IncludeLabelled { get; set; }

    /// <summary>Have labelled images looked at again, with their labels or boxes shown for correction.</summary>
    [Parameter]
    public SwitchParameter PreAnnotate { get; set; }

    /// <summary>A model whose predictions are shown for images without a label.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>How many people answer each image in the studio.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int Votes { get; set; } = 1;

    /// <summary>Put before the name of each file to make the address that Label Studio loads it by: http://host/images/.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ImagePrefix { get; set; }

    /// <summary>Put the pictures themselves into Label Studio's tasks, so that it need not reach any file. So it is with -Url, too, unless -ImagePrefix is given.</summary>
    [Parameter]
    public SwitchParameter Embed { get; set; }

    /// <summary>Address of a server of Label Studio: makes a project there and imports the tasks.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Url { get; set; }

    /// <summary>Access token of Label Studio; that in the environment variable LABEL_STUDIO_API_KEY by default.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>Who sends; your user name by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Author { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _ids.AddRange(InputObject.SelectMany(i => i.ImageIds));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ids.Count == 0) return;
        var folder = Path is null || To == LabellingTool.Studio || Url is not null ? null : ResolvePath(Path);
        var what = "";
        RunInWorkspace((workspace, _, _) =>
        {
            if (Url is not null && To != LabellingTool.LabelStudio) throw new FlywheelException("UrlNotForTool", FaultCategory.InvalidArgument, $"-Url is the address of a Label Studio, but the task is for {To}.", Url, "Say -To LabelStudio, or leave -Url out.");
            if (folder is null && Url is null && To != LabellingTool.Studio) throw new FlywheelException("TaskPathMissing", FaultCategory.InvalidArgument, $"A task for {To} needs a folder.", To, "Name one with -Path.");
            var plan = AnnotationSender.Plan(workspace, Request(folder));
            what = $"Send {plan.Images.Count} {(plan.Images.Count == 1 ? "image" : "images")} to be {(plan.Part == AnnotationPart.Boxes ? "boxed" : "labelled")}";
        }, Model?.Workspace);
        if (!ShouldProcess(folder ?? Url ?? $"the studio{(Name is null ? "" : $", queue '{Name}'")}", what)) return;
        var token = LabelStudioToken.Of(Url, Token);
        RunInWorkspace((workspace, sink, cancel) =>
        {
            using var server = Url is null ? null : new LabelStudioServer(Url, token);
            sink.Write(AnnotationSender.Send(workspace, Request(folder), server, sink, cancel));
        }, Model?.Workspace);
    }

    SendRequest Request(string? folder) => new()
    {
        ImageIds = _ids,
        To = To,
        Path = folder,
        Name = Name,
        Part = Part is null ? null : Enum.Parse<AnnotationPart>(Part, ignoreCase: true),
        Labels = Label.Length > 0 ? Label : null,
        First = First,
        IncludeLabelled = IncludeLabelled,
        PreAnnotate = PreAnnotate,
        Model = Model?.Key,
        Votes = Votes,
        ImagePrefix = ImagePrefix,
        Embed = Embed,
        Author = Author,
    };
}

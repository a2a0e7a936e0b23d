using System.Management.Automation;
using System.Security;
using Flywheel.Engine.Annotations;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Takes back what people did with a task that Send-FlywheelAnnotation wrote. Tells new, changed, deleted, explicitly empty and untouched answers apart and writes the ledger.</para>
/// <para>Reads Label Studio's exports JSON and JSON-MIN, CVAT for images 1.1, COCO instances, Pascal VOC, YOLO and the manifest of a folder, also in the ZIP
/// archive they come in. Images are found by the key the task carries, by the names of the copies, or by the names of the sources, whatever
/// slashes, percent signs or Unicode form the tool makes of them. Boxes keep their ids: by the tool's where it keeps them (Label Studio's
/// JSON, CVAT and COCO with the attribute flywheel_id), else by where they are.</para>
/// <para>An answer in Label Studio was submitted by somebody and counts as it is, even if it is empty; drafts do not count, skipped tasks are
/// told, and of several annotators each has a vote, the last or the one marked as ground truth being valid. CVAT, COCO, VOC and YOLO do not tell
/// whether anybody looked: there an image as it was sent is left alone unless -Complete says that all of it was looked at.</para>
/// <para>A label that the queue does not have, a box outside its picture, an image that was never sent are errors that name the item and its
/// line or JSON path, and the rest is taken. A file that is damaged is refused whole. What somebody changed in the catalogue after the task
/// was sent stays, with an error, unless -Force. Everything is written in one transaction; the same file again changes nothing.</para>
/// </summary>
/// <example>
///   <code>Receive-FlywheelAnnotation ./project-1-at-2027-01-31.json</code>
///   <para>Takes an export of Label Studio; the queue is told by the tasks.</para>
/// </example>
/// <example>
///   <code>Receive-FlywheelAnnotation ./cells.zip -Name cells-task -Complete -WhatIf</code>
///   <para>Tells what an export of a finished CVAT task would change.</para>
/// </example>
/// <example>
///   <code>Receive-FlywheelAnnotation -Url http://localhost:8080 -Project 12 | Where-Object Kind -eq Deleted</code>
///   <para>Takes the answers from a server, and shows what was deleted. The token is in LABEL_STUDIO_API_KEY.</para>
/// </example>
[Cmdlet(VerbsCommunications.Receive, "FlywheelAnnotation", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(ReceivedAnnotation))]
public sealed class ReceiveFlywheelAnnotationCommand : FlywheelCommand
{
    /// <summary>Files that the tool exported, ZIP archives of them, or folders that hold them. Wildcards are worked out.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>As -Path, but taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Address of a server of Label Studio.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Url")]
    [ValidateNotNullOrEmpty]
    public string Url { get; set; } = "";

    /// <summary>The project on the server: its number, or its title.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Url", ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Project { get; set; } = "";

    /// <summary>Access token of Label Studio; that in the environment variable LABEL_STUDIO_API_KEY by default.</summary>
    [Parameter(ParameterSetName = "Url")]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>The queue the task was sent with; found by what the file tells and by its images by default.</summary>
    [Parameter(Position = 1)]
    [Alias("Queue")]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>What the file is; found out by default.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [ValidateSet("auto", "labelstudio", "cvat", "coco", "voc", "yolo", "folder")]
    public string Format { get; set; } = "auto";

    /// <summary>All of the file has been looked at: an image without anything shows nothing, and an untouched proposal is right.</summary>
    [Parameter]
    public SwitchParameter Complete { get; set; }

    /// <summary>Also replace what was changed in the catalogue since the task was sent.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Also emit a record for each image that is unchanged, open or skipped.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Who says so, whatever the file tells (several annotators of a task keep their names); by default whoever the tool names, else you.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Author { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Url")
        {
            var token = LabelStudioToken.Of(Url, Token);
            Receive($"project {Project} of {Url}", cancel =>
            {
                using var server = new LabelStudioServer(Url, token);
                return ReceiveRequest.From(server, Project, cancel);
            });
            return;
        }
        foreach (var path in ParameterSetName == "Path" ? ResolveFiles(Path) : LiteralPath.Select(ResolvePath))
            Receive(path, _ => new ReceiveRequest { Path = path, Format = Format });
    }

    void Receive(string what, Func<CancellationToken, ReceiveRequest> open)
    {
        if (IsWhatIf)
        {
            var summary = "";
            RunInWorkspace((workspace, sink, cancel) =>
            {
                var records = AnnotationReceiver.Receive(workspace, With(open(cancel)) with { Store = false }, sink, cancel);
                summary = AnnotationReceiver.Summary(records);
                Emit(records, sink);
            });
            ShouldProcess($"{what}: {summary}", "Receive annotations");
            return;
        }
        if (!ShouldProcess(what, "Receive annotations")) return;
        RunInWorkspace((workspace, sink, cancel) =>
        {
            var request = With(open(cancel));
            var records = AnnotationReceiver.Receive(workspace, request, sink, cancel);
            sink.Information($"Received {what}: {AnnotationReceiver.Summary(records)}.");
            Emit(records, sink);
        });
    }

    void Emit(IReadOnlyList<ReceivedAnnotation> records, CommandSink sink)
    {
        foreach (var record in records)
            if (All || record.Kind is not (ReceivedKind.Unchanged or ReceivedKind.Open or ReceivedKind.Skipped)) sink.Write(record);
    }

    ReceiveRequest With(ReceiveRequest request) => request with { Queue = Name, Complete = Complete, Force = Force, Author = Author };
}

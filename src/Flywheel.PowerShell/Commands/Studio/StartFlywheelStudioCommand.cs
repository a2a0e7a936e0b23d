using System.ComponentModel;
using System.Diagnostics;
using System.Management.Automation;
using Flywheel.Engine.Studio;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Starts the studio: pages in the browser for labelling, review and a look at the workspace. Waits until it answers.</para>
/// <para>It goes on when the shell ends; Stop-FlywheelStudio stops it, and one that runs on the port already is used again. With images, slices,
/// failures or a dataset it makes a queue of those that wait for a label, and the page opens there. Every answer is in the catalogue before it is
/// acknowledged. It listens on this machine only, unless -Address says otherwise, which demands a key for each person
/// (New-FlywheelEndpointKey -Role Review).</para>
/// </summary>
/// <example>
///   <code>Start-FlywheelStudio -Open</code>
///   <para>The list of queues, in the browser.</para>
/// </example>
/// <example>
///   <code>Find-FlywheelFailure -Model production | Start-FlywheelStudio -Queue failures -Labels closed, open -Open</code>
///   <para>Has the failures labelled.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Start, "FlywheelStudio", SupportsShouldProcess = true)]
[OutputType(typeof(FlywheelStudio))]
public sealed class StartFlywheelStudioCommand : FlywheelCommand
{
    readonly List<string> _ids = [];

    /// <summary>The queue the page opens with. With images or a dataset: the name of the queue that is made of them.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string? Queue { get; set; }

    /// <summary>Images, slices, failures, selected images, predictions or ids to make a queue of.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public LabellingTarget[] InputObject { get; set; } = [];

    /// <summary>A dataset to make a queue of.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Labels of the queue that is made; without them, those the dataset or the workspace knows.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Labels { get; set; }

    /// <summary>The queue that is made asks for boxes instead of a label.</summary>
    [Parameter]
    public SwitchParameter Boxes { get; set; }

    /// <summary>The port to listen on; 0 for a free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int Port { get; set; } = 7374;

    /// <summary>The IP address to listen on. Any but this machine's own demands a key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Open the page in the browser.</summary>
    [Parameter]
    public SwitchParameter Open { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _ids.AddRange(InputObject.SelectMany(i => i.ImageIds));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ids.Count == 0 && MyInvocation.ExpectingInput && Dataset is null) return; // nothing came down the pipeline
        var request = _ids.Count > 0 || Dataset is not null ? new LabelQueueRequest { Name = Queue, ImageIds = _ids, Dataset = Dataset?.Name, Labels = Labels, Boxes = Boxes } : null;
        var count = 0;
        if (request is not null) RunInWorkspace((workspace, _, _) => count = LabelQueues.Plan(workspace, request).Images.Count, Dataset?.Workspace);
        if (!ShouldProcess($"{Address}, port {Port}", request is null ? "Start the studio" : $"Start the studio with a queue of {count} {(count == 1 ? "image" : "images")}")) return;
        RunInWorkspace((workspace, sink, token) =>
        {
            var queue = request is null
                ? Queue is null ? null : workspace.Catalogue.FindQueue(Queue) ?? throw new FlywheelException("QueueNotFound", FaultCategory.NotFound, $"There is no queue named '{Queue}'.", Queue, "List the queues with Get-FlywheelQueue, or give images to make one.")
                : LabelQueues.Create(workspace, request, sink);
            var studio = StudioService.Start(workspace, new StudioOptions { Workspace = workspace.Root, Address = Address, Port = Port }, token);
            studio = studio with { Page = StudioService.PageOf(studio, queue) };
            if (Open)
            {
                try
                {
                    using var browser = Process.Start(new ProcessStartInfo(studio.Page) { UseShellExecute = true });
                }
                catch (Exception e) when (e is Win32Exception or PlatformNotSupportedException or FileNotFoundException)
                {
                    sink.Warning($"No browser could be started: {e.Message} Open {studio.Page} yourself.");
                }
            }
            sink.Write(studio);
        }, Dataset?.Workspace);
    }
}

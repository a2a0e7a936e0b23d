using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Forgets queues. What people answered stays in the ledger. Emits each as it was.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelQueue | Where-Object Open -eq 0 | Remove-FlywheelQueue</code>
///   <para>Tidies up what is done.</para>
/// </example>
[Cmdlet(VerbsCommon.Remove, "FlywheelQueue", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(LabelQueue))]
public sealed class RemoveFlywheelQueueCommand : FlywheelCommand
{
    /// <summary>The queue's name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string Name { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        LabelQueue? queue = null;
        RunInWorkspace((workspace, _, _) => queue = workspace.Catalogue.FindQueue(Name));
        if (!ShouldProcess(Name, queue is null ? "Forget the queue" : $"Forget the queue, of whose {queue.Images} images {queue.Open} wait")) return;
        RunInWorkspace((workspace, sink, _) =>
        {
            workspace.Catalogue.RemoveQueue(Name);
            if (queue is not null) sink.Write(queue);
        });
    }
}

using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists the queues of images for people, and how far they are.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelQueue</code>
///   <para>All queues, oldest first, those of other tools included.</para>
/// </example>
/// <example>
///   <code>(Get-FlywheelQueue 'night shift').Open</code>
///   <para>How many images of one still wait.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelQueue")]
[OutputType(typeof(LabelQueue))]
public sealed class GetFlywheelQueueCommand : FlywheelCommand
{
    /// <summary>Only queues of these names; wildcards allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(QueueNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = Name;
        RunInWorkspace((workspace, sink, _) =>
        {
            var queues = workspace.Catalogue.Queues();
            foreach (var name in names)
            {
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                var found = queues.Where(q => pattern.IsMatch(q.Name) || string.Equals(q.Name, name, StringComparison.OrdinalIgnoreCase)).ToList();
                if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                    sink.Fault(new FlywheelException("QueueNotFound", FaultCategory.NotFound, $"There is no queue named '{name}'.", name, queues.Count > 0 ? $"Queues here: {string.Join(", ", queues.Select(q => q.Name))}." : "Make one with New-FlywheelQueue."));
                foreach (var queue in found) sink.Write(queue);
            }
        });
    }
}

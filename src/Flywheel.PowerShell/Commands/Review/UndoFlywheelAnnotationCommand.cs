using System.Management.Automation;
using Flywheel.Engine.Review;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Takes entries of the annotation ledger back by new entries that restore what was before.</para>
/// <para>An entry another one stands on is an error: take that one back first, or both in one call. A suggestion or a queue's image that an entry
/// came from is open again.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelAnnotation 3f2a9c11d0b4 | Select-Object -Last 1 | Undo-FlywheelAnnotation</code>
///   <para>Takes the newest entry of an image back.</para>
/// </example>
/// <example>
///   <code>Undo-FlywheelAnnotation 1204, 1205</code>
///   <para>Takes two entries back by their position in the ledger.</para>
/// </example>
[Cmdlet(VerbsCommon.Undo, "FlywheelAnnotation", SupportsShouldProcess = true)]
[OutputType(typeof(Annotation))]
public sealed class UndoFlywheelAnnotationCommand : FlywheelCommand
{
    readonly List<long> _sequences = [];

    /// <summary>Positions in the ledger, or the entries themselves.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, long.MaxValue)]
    public long[] Sequence { get; set; } = [];

    /// <summary>Who; your user name by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Author { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _sequences.AddRange(Sequence);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_sequences.Count == 0) return;
        if (!ShouldProcess($"{_sequences.Count} {(_sequences.Count == 1 ? "entry" : "entries")} of the ledger", "Take back")) return;
        RunInWorkspace((workspace, sink, _) =>
        {
            foreach (var annotation in SuggestionReview.UndoAnnotations(workspace, _sequences, Author, sink)) sink.Write(annotation);
        });
    }
}

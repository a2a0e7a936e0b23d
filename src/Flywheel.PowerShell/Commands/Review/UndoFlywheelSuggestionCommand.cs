using System.Management.Automation;
using Flywheel.Engine.Review;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Takes verdicts on suggestions back: they are open again, and annotations they changed are as before.</para>
/// <para>A suggestion whose annotation changed again since is an error; the others are taken back.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelSuggestion -Status Accepted -Reason duplicates | Undo-FlywheelSuggestion</code>
///   <para>Takes the copies in again.</para>
/// </example>
[Cmdlet(VerbsCommon.Undo, "FlywheelSuggestion", SupportsShouldProcess = true)]
[OutputType(typeof(Suggestion))]
public sealed class UndoFlywheelSuggestionCommand : FlywheelCommand
{
    readonly List<string> _ids = [];

    /// <summary>Decided suggestions, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Id")]
    public SuggestionReference[] Suggestion { get; set; } = [];

    /// <summary>Who; your user name by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Author { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _ids.AddRange(Suggestion.Select(s => s.Id));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ids.Count == 0) return;
        string[] ids = [.. _ids.Distinct(StringComparer.Ordinal)];
        var undo = ShouldProcess($"{ids.Length} {(ids.Length == 1 ? "verdict" : "verdicts")}", "Take back");
        if (!undo && !IsWhatIf) return;
        RunInWorkspace((workspace, sink, _) =>
        {
            foreach (var suggestion in undo ? SuggestionReview.Undo(workspace, ids, Author, sink) : SuggestionReview.PlanUndo(workspace, ids, sink)) sink.Write(suggestion);
        });
    }
}

using System.Management.Automation;
using Flywheel.Engine.Review;

namespace Flywheel.PowerShell.Commands;

/// <summary>Base of the cmdlets that decide suggestions: gathers them from the pipeline and decides them together.</summary>
public abstract class SuggestionVerdictCommand : FlywheelCommand
{
    readonly List<string> _ids = [];

    /// <summary>Suggestions, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(SuggestionIdCompleter))]
    public SuggestionReference[] Suggestion { get; set; } = [];

    /// <summary>Who decides; your user name by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Author { get; set; }

    /// <summary>What is done, for -WhatIf: "Approve".</summary>
    protected abstract string Action { get; }

    /// <summary>The verdict on a suggestion; an empty author stands for the user.</summary>
    protected abstract SuggestionVerdict Verdict(string id, string author);

    /// <inheritdoc/>
    protected override void ProcessRecord() => _ids.AddRange(Suggestion.Select(s => s.Id));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ids.Count == 0) return;
        SuggestionVerdict[] verdicts = [.. _ids.Distinct(StringComparer.Ordinal).Select(id => Verdict(id, Author ?? ""))];
        var decide = ShouldProcess($"{verdicts.Length} {(verdicts.Length == 1 ? "suggestion" : "suggestions")}", Action);
        if (!decide && !IsWhatIf) return;
        RunInWorkspace((workspace, sink, _) =>
        {
            foreach (var suggestion in decide ? SuggestionReview.Decide(workspace, verdicts, sink) : SuggestionReview.Plan(workspace, verdicts, sink)) sink.Write(suggestion);
        });
    }
}

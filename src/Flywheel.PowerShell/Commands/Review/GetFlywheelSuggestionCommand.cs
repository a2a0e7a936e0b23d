using System.Management.Automation;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists suggestions, the surest first: proposed changes to annotations, waiting for people.</para>
/// <para>They come from Test-FlywheelDataset -AsSuggestion, from label-error finding and from the assistant. A stale one would change an annotation
/// that has changed since.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelSuggestion eyes -Reason conflicts, duplicates</code>
///   <para>What is open for these reasons.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelSuggestion -MinScore 0.9 | Approve-FlywheelSuggestion -WhatIf</code>
///   <para>What would change if everything above a score were accepted.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelSuggestion", DefaultParameterSetName = "Query")]
[OutputType(typeof(Suggestion))]
public sealed class GetFlywheelSuggestionCommand : FlywheelCommand
{
    /// <summary>Only about images of this dataset: object or name.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Query")]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Only these suggestions, whatever their state.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id")]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>Only about these images: ids, their first digits, or paths of source files.</summary>
    [Parameter(ParameterSetName = "Query", ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[]? ImageId { get; set; }

    /// <summary>Only for one of these reasons, such as a detector's name.</summary>
    [Parameter(Position = 1, ParameterSetName = "Query")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SuggestionReasonCompleter))]
    public string[]? Reason { get; set; }

    /// <summary>Only in one of these states.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateNotNullOrEmpty]
    public SuggestionStatus[] Status { get; set; } = [SuggestionStatus.Open];

    /// <summary>Only with at least this score.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateRange(0.0, 1.0)]
    public double? MinScore { get; set; }

    /// <summary>At most this many.</summary>
    [Parameter(ParameterSetName = "Query")]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, token) =>
    {
        var byId = ParameterSetName == "Id";
        var query = byId ? new SuggestionQuery { Ids = Id } : new SuggestionQuery
        {
            Dataset = Dataset is null ? null : workspace.GetDataset(Dataset.Name).Name,
            ImageIds = ImageId is null ? null : [.. ImageId.Select(id => Engine.Datasets.Annotator.Resolve(workspace, id).Id)],
            Reasons = Reason,
            Status = Status,
            MinScore = MinScore,
            First = First > 0 ? First : null,
        };
        var missing = byId ? Id.ToHashSet(StringComparer.Ordinal) : [];
        foreach (var suggestion in workspace.Catalogue.Suggestions(query))
        {
            token.ThrowIfCancellationRequested();
            missing.Remove(suggestion.Id);
            sink.Write(suggestion);
        }
        foreach (var id in missing)
            sink.Fault(new FlywheelException("SuggestionNotFound", FaultCategory.NotFound, $"No suggestion '{id}' in the catalogue.", id, "List suggestions with Get-FlywheelSuggestion."));
    }, Dataset?.Workspace);
}

using System.Management.Automation;
using Flywheel.Engine.Review;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Tells how often reviewers agree with suggestions, reason by reason, and from which score on often enough.</para>
/// <para>An edited suggestion counts as agreed with: the annotation was wrong. From twenty verdicts on, the lowest score is told from which on the
/// wanted share was accepted (isotonic regression); the next Test-FlywheelDataset -AsSuggestion proposes nothing below it.</para>
/// </summary>
/// <example>
///   <code>Measure-FlywheelSuggestion eyes -Acceptance 0.9</code>
///   <para>Acceptance by reason, and the scores from which on nine of ten were accepted.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "FlywheelSuggestion")]
[OutputType(typeof(SuggestionAcceptance))]
public sealed class MeasureFlywheelSuggestionCommand : FlywheelCommand
{
    /// <summary>Only suggestions about images of this dataset: object or name.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Only these reasons.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SuggestionReasonCompleter))]
    public string[]? Reason { get; set; }

    /// <summary>Share of suggestions that should be accepted.</summary>
    [Parameter]
    [ValidateRange(0.01, 1.0)]
    public double Acceptance { get; set; } = 0.8;

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, _) =>
    {
        foreach (var measured in SuggestionAcceptances.Of(workspace, Dataset is null ? null : workspace.GetDataset(Dataset.Name).Name, Acceptance))
            if (Reason is null || Reason.Contains(measured.Reason, StringComparer.OrdinalIgnoreCase)) sink.Write(measured);
    }, Dataset?.Workspace);
}

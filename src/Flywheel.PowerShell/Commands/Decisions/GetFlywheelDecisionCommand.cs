using System.Management.Automation;
using Flywheel.Engine.Production.Retraining;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Lists the decisions whether to retrain, oldest first, with how they turned out.</para>
/// <para>A decision followed by a training is held against the accuracy the new model was measured to have in production; one to wait
/// against how the accuracy of the old one moved. Until Measure-FlywheelPerformance has measured that, the outcome is empty. Trainings
/// that brought less, or more, than expected correct what later decisions expect.</para>
/// </summary>
/// <example>
///   <code>Get-FlywheelDecision</code>
///   <para>All decisions.</para>
/// </example>
/// <example>
///   <code>Get-FlywheelDecision production -Since 90d | Where-Object Outcome | ForEach-Object Outcome</code>
///   <para>How the last quarter's decisions about the model in production turned out.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "FlywheelDecision")]
[OutputType(typeof(RetrainingDecision))]
public sealed class GetFlywheelDecisionCommand : FlywheelCommand
{
    /// <summary>Only about this model: object, name, id or alias.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Only those made since then: a date, a time span, or 7d, 12h, 30m.</summary>
    [Parameter]
    public SinceReference? Since { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, _) =>
    {
        foreach (var decision in RetrainingService.Decisions(workspace, Model is null ? null : workspace.GetModel(Model.Key), Since?.Time)) sink.Write(decision);
    }, Model?.Workspace);
}

using System.Management.Automation;
using Flywheel.Engine.Production.Retraining;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Says whether to retrain now, to have images labelled first, or to wait, with the expected benefit, the reasons and what would change the answer.</para>
/// <para>It weighs the labels made since the training, the learning curve of the models so far, the accuracy in production and its trend,
/// confirmed slices, drift, age and what things cost. Every figure comes with its uncertainty. What is not known is said, with the cmdlet
/// that finds it out: Measure-FlywheelPerformance, Measure-FlywheelDrift, Find-FlywheelSlice. Labels come first where knowing the
/// accuracy better, or learning from more, is worth more than they cost. A training also needs the cooldown to be over and a minimum of
/// new labels. Costs are in a currency of your choice. The decision is kept; Get-FlywheelDecision lists it with how it turned out.</para>
/// </summary>
/// <example>
///   <code>Test-FlywheelRetraining</code>
///   <para>Is it time to retrain the model in production?</para>
/// </example>
/// <example>
///   <code>Test-FlywheelRetraining -CostPerError 2 -CostPerLabel 0.15 -CostPerTraining 40 -Horizon 90d | ForEach-Object Flips</code>
///   <para>With your own costs; lists what would change the verdict.</para>
/// </example>
/// <example>
///   <code>if (Test-FlywheelRetraining -Quiet) { Invoke-FlywheelTraining lab -From production -Unlabeled inbox }</code>
///   <para>In a scheduled task: trains only if it pays.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "FlywheelRetraining", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(RetrainingDecision), typeof(bool))]
public sealed class TestFlywheelRetrainingCommand : FlywheelCommand
{
    static readonly RetrainingCosts s_costs = new();
    static readonly RetrainingRules s_rules = new();

    /// <summary>The model: object, name, id or alias. By default what the alias production points to, else the newest.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>What one label costs.</summary>
    [Parameter]
    [ValidateRange(0.0, 1e9)]
    public double CostPerLabel { get; set; } = s_costs.PerLabel;

    /// <summary>What one wrong answer in production costs.</summary>
    [Parameter]
    [ValidateRange(0.0, 1e9)]
    public double CostPerError { get; set; } = s_costs.PerError;

    /// <summary>What one training costs, the people who check and publish it included.</summary>
    [Parameter]
    [ValidateRange(0.0, 1e9)]
    public double CostPerTraining { get; set; } = s_costs.PerTraining;

    /// <summary>How far ahead money counts: a time span, or 30d, 12h.</summary>
    [Parameter]
    public SpanReference Horizon { get; set; } = new(s_costs.Horizon);

    /// <summary>Production images per day. By default counted from the predictions of the last 28 days.</summary>
    [Parameter]
    [ValidateRange(0.0, 1e12)]
    public double Volume { get; set; } = double.NaN;

    /// <summary>Shortest time between two trainings: a time span, or 7d, 12h.</summary>
    [Parameter]
    public SpanReference Cooldown { get; set; } = new(s_rules.Cooldown);

    /// <summary>New labels a training needs at least.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MinimumLabels { get; set; } = s_rules.MinimumLabels;

    /// <summary>Seed of the draws behind the intervals.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <summary>Only true (retrain) or false (do not, or not yet).</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var store = ShouldProcess(Model?.Key ?? RetrainingService.DefaultAlias, "Keep the decision whether to retrain");
        RunInWorkspace((workspace, sink, token) =>
        {
            var model = Model is null ? RetrainingService.DefaultModel(workspace) : workspace.GetModel(Model.Key);
            var decision = RetrainingService.Decide(workspace, model, new RetrainingRequest
            {
                Costs = new() { PerLabel = CostPerLabel, PerError = CostPerError, PerTraining = CostPerTraining, Horizon = Horizon.Span },
                Rules = new() { Cooldown = Cooldown.Span, MinimumLabels = MinimumLabels },
                VolumePerDay = double.IsNaN(Volume) ? null : Volume,
                Seed = Seed,
                Store = store,
            }, sink, token);
            if (Quiet) sink.Write(decision.Verdict == RetrainingVerdict.Retrain);
            else sink.Write(decision);
        }, Model?.Workspace);
    }
}

using System.Management.Automation;
using Flywheel.Engine.Evaluations;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Measures how good a model is on labelled images, every figure with its number of images and 95 % interval.</para>
/// <para>Accuracy, balanced accuracy, precision, recall and F1 of each label, confusion matrix, AUROC, calibration error and log loss.
/// Intervals are Wilson's for proportions and bootstrap for the rest; if the dataset was split by a tag (subjects, photos), whole
/// groups are resampled, since pictures of one subject are not independent. Images without a label, with only a machine's label or with one
/// the model does not know are left out and counted. A dataset without splits is judged as a whole.</para>
/// </summary>
/// <example>
///   <code>Test-FlywheelModel eyes-1</code>
///   <para>Judges the newest model of that name on the test split of the dataset it was trained on.</para>
/// </example>
/// <example>
///   <code>$model | Test-FlywheelModel -Dataset cew -Split None | ForEach-Object Metrics</code>
///   <para>Judges on all labelled images of another dataset and lists every figure.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "FlywheelModel")]
[OutputType(typeof(Evaluation))]
public sealed class TestFlywheelModelCommand : FlywheelCommand
{
    /// <summary>The model: object, name or id.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference Model { get; set; } = null!;

    /// <summary>The dataset to judge on: object or name. By default the one the model was trained on.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>The split to judge on; None for all images of the dataset.</summary>
    [Parameter]
    public DataSplit Split { get; set; } = DataSplit.Test;

    /// <summary>Bootstrap resamples behind the intervals.</summary>
    [Parameter]
    [ValidateRange(100, 100_000)]
    public int Resamples { get; set; } = 2000;

    /// <summary>Seed of the resampling.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord() => RunInWorkspace((workspace, sink, token) =>
    {
        var model = workspace.GetModel(Model.Key);
        var dataset = workspace.GetDataset(Dataset?.Name ?? model.Dataset);
        sink.Write(EvaluationService.Evaluate(workspace, model, dataset, Split, sink, token, new EvaluationOptions { Resamples = Resamples, Seed = Seed }));
    }, Model.Workspace ?? Dataset?.Workspace);
}

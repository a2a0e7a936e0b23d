using System.Management.Automation;
using Flywheel.Engine.Evaluations;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Compares two models on the same labelled images and says better, worse or cannot tell.</para>
/// <para>The comparison is paired: what counts is the images only one of the two gets right. The difference of the accuracies comes with
/// its paired bootstrap interval (whole groups are resampled if the dataset was split by a tag) and McNemar's exact p. Better or worse
/// is said only if the interval excludes zero and, for independent images, p is at most 0.05.</para>
/// </summary>
/// <example>
///   <code>Compare-FlywheelModel eyes-1 eyes-2 -Dataset cew</code>
///   <para>Is eyes-2 better than eyes-1 on the test split of cew?</para>
/// </example>
/// <example>
///   <code>$after | Compare-FlywheelModel -Reference $before -Dataset mrl | ForEach-Object Summary</code>
///   <para>The verdict in a sentence.</para>
/// </example>
[Cmdlet(VerbsData.Compare, "FlywheelModel")]
[OutputType(typeof(ModelComparison))]
public sealed class CompareFlywheelModelCommand : FlywheelCommand
{
    /// <summary>The model before: object, name or id.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference Reference { get; set; } = null!;

    /// <summary>The model judged against it: object, name or id.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference Challenger { get; set; } = null!;

    /// <summary>The dataset to judge on: object or name. By default the one the reference was trained on.</summary>
    [Parameter(Position = 2)]
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
        var reference = workspace.GetModel(Reference.Key);
        var challenger = workspace.GetModel(Challenger.Key);
        var dataset = workspace.GetDataset(Dataset?.Name ?? reference.Dataset);
        sink.Write(EvaluationService.Compare(workspace, reference, challenger, dataset, Split, sink, token, new EvaluationOptions { Resamples = Resamples, Seed = Seed }));
    }, Reference.Workspace ?? Challenger.Workspace ?? Dataset?.Workspace);
}

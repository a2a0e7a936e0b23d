using System.Management.Automation;
using Flywheel.Engine.Production;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Estimates how accurate a model is in production, with an interval, or says that it cannot be known.</para>
/// <para>Where at least twenty images were drawn with Select-FlywheelImage -Strategy Audit and labelled, they are the answer: a stratified
/// estimate whose interval rests on nothing but the drawing. Labels chosen for their difficulty never count. Without such labels five
/// estimates stand beside each other: average confidence, the same calibrated on the reference (CBPE), average thresholded confidence and
/// entropy (ATC), and confidence calibrated on the reference under many synthetic shifts, with the steadiness of each answer under small
/// changes as a second witness. The last is the answer; its error on kinds of shift it was not made from is part of its interval. Where
/// that interval is too wide, or production lies beyond every shift that could be tried, the answer is that it cannot be known.</para>
/// <para>Either way the smallest audit that would pin the accuracy down is suggested. Estimates are stored for later.</para>
/// </summary>
/// <example>
///   <code>Measure-FlywheelPerformance production -Since 7d</code>
///   <para>How right the production model was in the last week.</para>
/// </example>
/// <example>
///   <code>Measure-FlywheelPerformance eyes-2 -Dataset field | ForEach-Object Estimates</code>
///   <para>The single estimates on the images of one dataset, beside each other.</para>
/// </example>
/// <example>
///   <code>Select-FlywheelImage field -Model eyes-2 -Strategy Audit -Budget 60 | Set-FlywheelAnnotation -FromManifest labels.csv; Measure-FlywheelPerformance eyes-2 -Dataset field</code>
///   <para>Sixty labels drawn at random turn the estimate into a measurement.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "FlywheelPerformance", SupportsShouldProcess = true)]
[OutputType(typeof(PerformanceEstimate))]
public sealed class MeasureFlywheelPerformanceCommand : FlywheelCommand
{
    /// <summary>The model: object, name, id or alias. By default the newest one that has predicted anything.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Only predictions of images of this dataset: object or name. By default all stored predictions of the model.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Only predictions made since then: a date, a time span, or 7d, 12h, 30m.</summary>
    [Parameter]
    public SinceReference? Since { get; set; }

    /// <summary>Only predictions made before then: a date, a time span, or 7d, 12h, 30m.</summary>
    [Parameter]
    public SinceReference? Until { get; set; }

    /// <summary>Labelled dataset to compare with: object or name. By default the test images the model was trained beside.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Reference { get; set; }

    /// <summary>Tag whose equal values belong together, such as photo or camera: pictures of one are not independent.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? GroupBy { get; set; }

    /// <summary>Half-width of the interval the suggested audit should reach, as a share: 0.02 is ± 2 points.</summary>
    [Parameter]
    [ValidateRange(0.001, 0.5)]
    public double HalfWidth { get; set; } = 0.02;

    /// <summary>Confidence of the intervals.</summary>
    [Parameter]
    [ValidateRange(0.5, 0.999)]
    public double Confidence { get; set; } = 0.95;

    /// <summary>Seed of samples and resamples.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var store = ShouldProcess("the estimate", "Store");
        RunInWorkspace((workspace, sink, token) =>
        {
            var model = Model is null ? FailureFinder.DefaultModel(workspace, false) : workspace.GetModel(Model.Key);
            var estimate = PerformanceService.Measure(workspace, model, new PerformanceQuery
            {
                Dataset = Dataset?.Name,
                Since = Since?.Time,
                Until = Until?.Time,
                Reference = Reference?.Name,
                GroupBy = GroupBy,
                HalfWidth = HalfWidth,
                Confidence = Confidence,
                Seed = Seed,
                Store = store,
            }, sink, token);
            foreach (var warning in estimate.Warnings) sink.Warning($"{char.ToUpperInvariant(warning[0])}{warning[1..]}.");
            sink.Write(estimate);
        }, Model?.Workspace ?? Dataset?.Workspace);
    }
}

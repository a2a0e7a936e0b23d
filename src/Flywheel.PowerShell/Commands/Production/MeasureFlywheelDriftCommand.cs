using System.Management.Automation;
using Flywheel.Engine.Drift;
using Flywheel.Engine.Production;

namespace Flywheel.PowerShell.Commands;

/// <summary>
/// <para>Tells whether production differs from what the model was judged on, in what, and by how much.</para>
/// <para>Compared are measured properties, tags, scores, the labels' mix and the images' appearance to the model. All comparisons share
/// one threshold, which resampling sets so that false alarms stay within the budget of -FalseAlarms for a look every -Every, whole groups
/// (subjects, photos, streams, stretches of time) at a time. The reference is the model's own test split (or validation), unless
/// -Reference names a labelled dataset or -Baseline asks for the production before the window. Too few groups for the budget give
/// "cannot tell". The report is kept in the workspace.</para>
/// <para>Drift says that something changed, not that the model got worse.</para>
/// </summary>
/// <example>
///   <code>Measure-FlywheelDrift production -Since 1d</code>
///   <para>The last day against the production model's test images, as a job that looks every hour and may alarm falsely once in 30 days.</para>
/// </example>
/// <example>
///   <code>Measure-FlywheelDrift eyes-2 -Dataset cew -GroupBy photo -ContactSheet ./drift.png | ForEach-Object Tests</code>
///   <para>One line per comparison, and a sheet of the images that give the difference away beside some of the reference.</para>
/// </example>
/// <example>
///   <code>Measure-FlywheelDrift -Since 1d -Baseline 14d -Block 5m -FalseAlarms '1 per 90d' -Every 1d</code>
///   <para>Yesterday against the two weeks before it; predictions of the same five minutes count as one group.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "FlywheelDrift", SupportsShouldProcess = true)]
[OutputType(typeof(DriftReport))]
public sealed class MeasureFlywheelDriftCommand : FlywheelCommand
{
    /// <summary>The model: object, name, id or alias. By default the newest one that has predicted anything.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public ModelReference? Model { get; set; }

    /// <summary>Only predictions made since then: a date, a time span, or 7d, 12h, 30m.</summary>
    [Parameter]
    public SinceReference? Since { get; set; }

    /// <summary>Only predictions made before then: a date, a time span, or 7d, 12h, 30m.</summary>
    [Parameter]
    public SinceReference? Until { get; set; }

    /// <summary>Only predictions of images of this dataset: object or name. Images the model has not predicted yet are predicted first.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Dataset { get; set; }

    /// <summary>Labelled dataset to compare with: object or name. By default the model's own test or validation images.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public DatasetReference? Reference { get; set; }

    /// <summary>Compare with so much production before -Since instead: a time span, or 14d, 12h.</summary>
    [Parameter]
    public SpanReference? Baseline { get; set; }

    /// <summary>How often it may alarm though nothing changed: a number per time.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string FalseAlarms { get; set; } = "1 per 30d";

    /// <summary>How often this is looked at: a time span, or 1d, 1h, 30m.</summary>
    [Parameter]
    public SpanReference Every { get; set; } = new("1h");

    /// <summary>Tag whose equal values belong together, such as subject, photo or stream. By default the one the reference was split by.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? GroupBy { get; set; }

    /// <summary>Predictions without that tag belong together when made in the same stretch of so much time: a time span, or 5m, 1h.</summary>
    [Parameter]
    public SpanReference? Block { get; set; }

    /// <summary>PNG file to draw the images into that give the difference away, beside some of the reference.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContactSheet { get; set; }

    /// <summary>Seed of the resampling.</summary>
    [Parameter]
    public long Seed { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sheet = ContactSheet is null ? null : ResolvePath(ContactSheet);
        if (sheet is not null && !ShouldProcess(sheet, "Draw a contact sheet of the telling images")) sheet = null;
        var store = ShouldProcess("the workspace", "Keep the drift report");
        RunInWorkspace((workspace, sink, token) =>
        {
            var model = Model is null ? FailureFinder.DefaultModel(workspace, Dataset is not null) : workspace.GetModel(Model.Key);
            sink.Write(DriftService.Measure(workspace, model, new DriftRequest
            {
                Since = Since?.Time,
                Until = Until?.Time,
                Dataset = Dataset?.Name,
                Reference = Reference?.Name,
                Baseline = Baseline?.Span,
                Budget = FalseAlarmBudget.Parse(FalseAlarms, Every.Span),
                GroupBy = GroupBy,
                Block = Block?.Span,
                Seed = Seed,
                ContactSheet = sheet,
                Store = store,
            }, sink, token));
        }, Model?.Workspace ?? Dataset?.Workspace);
    }
}
